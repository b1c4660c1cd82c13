// Rows of conversations and their numbered bundle versions.
import { type Db, jsonbOf, typed } from './db/db.ts';

/** What a conversation is about: a job, or a workspace folder (its path) that a job is proposed for. */
type Subject = { readonly jobId: string; readonly name: string } | { readonly folder: string; readonly name: string };

/** What names a subject, whatever its name is now. */
export type SubjectKey = { readonly jobId: string } | { readonly folder: string };

/** For how long a request may be the one that opens a thread: posting its first message may have to wait for Slack's rates. */
const OPENING = '2 minutes';

export interface ConversationRow {
  readonly id: string;
  readonly team: string;
  readonly channel: string;
  readonly threadTs: string;
  readonly private: boolean;
  readonly requester: string;
  readonly subject: Subject;
  /** System prompt, tools and model as they were at the first turn; the model must see the same bytes ever after. */
  readonly frozen?: unknown;
}

export interface VersionRow {
  readonly number: number;
  readonly bundleDigest: string;
  /** The turn that made it, or the press on a button. */
  readonly turnId?: string;
  readonly askedId?: string;
}

export function createConversationRows(db: Db) {
  return {
    /** Idempotent by id: a second insert of the same conversation changes nothing. */
    async insert(row: Omit<ConversationRow, 'frozen'>): Promise<void> {
      await db.query(
        `insert into conversations (id, team, channel, thread_ts, private, requester, subject) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do nothing`,
        [row.id, row.team, row.channel, row.threadTs, row.private, row.requester, jsonbOf(row.subject)],
      );
    },

    async get(id: string): Promise<ConversationRow | undefined> {
      const [row] = await db.query('select * from conversations where id = $1', [id]);
      return row && typed<ConversationRow>(row);
    },

    async inThread(channel: string, threadTs: string): Promise<ConversationRow | undefined> {
      const [row] = await db.query('select * from conversations where channel = $1 and thread_ts = $2', [channel, threadTs]);
      return row && typed<ConversationRow>(row);
    },

    /** Conversations about a subject in a channel, newest first. Those that ended without a version are left out, but not that with this id. */
    async about(channel: string, subject: SubjectKey, id: string): Promise<ConversationRow[]> {
      const rows = await db.query(
        `select c.* from conversations c where c.channel = $1 and c.subject @> $2::jsonb and (c.id = $3
           or exists (select 1 from versions v where v.conversation_id = c.id)
           or exists (select 1 from turns t where t.conversation_id = c.id and t.state in ('queued', 'running'))
           or not exists (select 1 from turns t where t.conversation_id = c.id))
         order by c.created_at desc`,
        [channel, jsonbOf(subject), id],
      );
      return rows.map(typed<ConversationRow>);
    },

    /** Makes a request the only one that may open a thread about a subject in a channel; false where another one is at it. */
    async claimOpening(channel: string, subject: SubjectKey, request: string): Promise<boolean> {
      const rows = await db.query(
        `insert into openings (channel, subject, request, until) values ($1, $2, $3, clock_timestamp() + interval '${OPENING}')
         on conflict (channel, subject) do update set request = excluded.request, until = excluded.until
         where openings.request = excluded.request or openings.until < clock_timestamp() returning request`,
        [channel, JSON.stringify(subject), request],
      );
      return rows.length === 1;
    },

    async releaseOpening(request: string): Promise<void> {
      await db.query('delete from openings where request = $1', [request]);
    },

    /** Sets the frozen part once; a later call changes nothing. */
    async freeze(id: string, frozen: unknown): Promise<void> {
      await db.query('update conversations set frozen = $2 where id = $1 and frozen is null', [id, JSON.stringify(frozen)]);
    },

    async versions(id: string): Promise<VersionRow[]> {
      return (await db.query('select * from versions where conversation_id = $1 order by number', [id])).map(typed<VersionRow>);
    },

    /** Numbers the bundle of a turn, or of a press on a button; the same one asking again gets the same number. */
    async addVersion(id: string, by: { readonly turnId: string } | { readonly askedId: string }, bundleDigest: string): Promise<number> {
      const [column, value] = 'turnId' in by ? ['turn_id', by.turnId] : ['asked_id', by.askedId];
      await db.query(
        `insert into versions (conversation_id, number, bundle_digest, ${column})
         select $1, coalesce(max(number), 0) + 1, $3, $2 from versions where conversation_id = $1
         on conflict (conversation_id, ${column}) do nothing`,
        [id, value, bundleDigest],
      );
      const [row] = await db.query<{ number: number }>(`select number from versions where conversation_id = $1 and ${column} = $2`, [
        id,
        value,
      ]);
      if (row === undefined) throw new Error(`no version row for ${column} ${value}`);
      return row.number;
    },
  };
}

export type ConversationRows = ReturnType<typeof createConversationRows>;

// Rows of turns: one user message each, and what became of it.
import { type Db, typed } from './db/db.ts';
import { channelOf } from './db/listen.ts';

export interface TurnRow {
  readonly id: string;
  readonly conversationId: string;
  readonly slackUser: string;
  readonly text: string;
  /** Names what it came of: a message; or the conversation, of the turn that it was begun with. */
  readonly eventKey: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'stopped';
  /** The bundle that this turn has made so far. */
  readonly bundleDigest?: string;
  /** ts of the message that shows the steps, as long as its list is open. */
  readonly progressTs?: string;
  readonly finishedAt?: Date;
  /** Who pressed Stop while it was open. */
  readonly stoppedBy?: string;
}

interface EndedTurn {
  readonly id: string;
  readonly state: 'done' | 'failed' | 'stopped';
  readonly progressTs: string;
}

/** The channel on which it is told which turn somebody has stopped. */
export const STOPS = 'stops';

export function createTurnRows(db: Db) {
  return {
    /** Stores a turn, once for an event: Slack tells of one message in several. */
    async insert(turn: { id: string; conversationId: string; slackUser: string; text: string; eventKey: string }): Promise<void> {
      await db.query(
        'insert into turns (id, conversation_id, slack_user, text, event_key) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [turn.id, turn.conversationId, turn.slackUser, turn.text, turn.eventKey],
      );
    },

    async get(id: string): Promise<TurnRow | undefined> {
      const [row] = await db.query('select * from turns where id = $1', [id]);
      return row && typed<TurnRow>(row);
    },

    /** A conversation's turns that are not over, oldest first. */
    async open(conversationId: string): Promise<TurnRow[]> {
      const rows = await db.query("select * from turns where state in ('queued', 'running') and conversation_id = $1 order by created_at", [
        conversationId,
      ]);
      return rows.map(typed<TurnRow>);
    },

    /**
     * How many conversations this person waits for, and how many all who are worked on `before` a request of theirs: of each other person
     * those that run, or as many as this one has (the queue is fair between people), and requests whose thread is opened earlier; and how many
     * processes there are that have something in hand.
     */
    async before(slackUser: string, request: string): Promise<{ own: number; before: number; processes: number }> {
      const [row] = await db.query<{ own: number; before: number; processes: number }>(
        `with heads as (
             select distinct on (conversation_id) slack_user, state from turns where state in ('queued', 'running')
             order by conversation_id, created_at
           ), people as (
             select slack_user, count(*) as waits, count(*) filter (where state = 'running') as runs from heads group by slack_user
           ), own as (select coalesce((select waits from people where slack_user = $1), 0) as waits)
         select own.waits::integer as own, (
             own.waits
             + coalesce((select sum(greatest(runs, least(people.waits, own.waits + 1))) from people where slack_user <> $1), 0)
             + (select count(*) from openings other join openings own on own.request = $2
                where other.until > clock_timestamp() and (other.until, other.request) < (own.until, own.request))
           )::integer as before,
           (select count(distinct owner) from leases where until > clock_timestamp())::integer as processes
         from own`,
        [slackUser, request],
      );
      return row ?? { own: 0, before: 0, processes: 0 };
    },

    /** How many other conversations the writer of a turn had begun to wait for before it. */
    async othersOf(id: string): Promise<number> {
      const [row] = await db.query<{ others: number }>(
        `select count(distinct other.conversation_id)::integer as others from turns own join turns other
           on other.slack_user = own.slack_user and other.conversation_id <> own.conversation_id and other.created_at < own.created_at
         where own.id = $1 and other.state in ('queued', 'running')`,
        [id],
      );
      return row?.others ?? 0;
    },

    /** Whether others of its conversation were asked for since this one was, or were not over at that time. */
    async isAmongOthers(id: string): Promise<boolean> {
      const rows = await db.query(
        `select 1 from turns own join turns other on other.conversation_id = own.conversation_id and other.id <> own.id
         where own.id = $1 and (other.created_at > own.created_at or coalesce(other.finished_at, 'infinity') > own.created_at) limit 1`,
        [id],
      );
      return rows.length > 0;
    },

    /** The newest turn, and whether any is under way: not over, or with something still to be said. */
    async standing(
      conversationId: string,
    ): Promise<{ underWay: boolean; newest: Pick<TurnRow, 'id' | 'state' | 'finishedAt'> | undefined }> {
      const rows = await db.query(
        `select id, state, finished_at, state in ('queued', 'running')
           or exists (select 1 from outbox where outbox.turn_id = turns.id and outbox.state <> 'sent') as under_way
         from turns where conversation_id = $1 order by created_at`,
        [conversationId],
      );
      const newest = rows.at(-1);
      return { underWay: rows.some((row) => row.under_way === true), newest: newest && typed<TurnRow>(newest) };
    },

    /** Turns that a dead process may have had in hand: not over, or over with something still to be said; oldest first. */
    async unfinished(): Promise<TurnRow[]> {
      const rows = await db.query(
        `select * from turns where state in ('queued', 'running')
         or exists (select 1 from outbox where outbox.turn_id = turns.id and outbox.state <> 'sent') order by created_at`,
      );
      return rows.map(typed<TurnRow>);
    },

    /** Begins a turn, or goes on with one that has begun; false where somebody has stopped it before it began. */
    async start(id: string): Promise<boolean> {
      const rows = await db.query(
        "update turns set state = 'running' where id = $1 and (state = 'running' or state = 'queued' and stopped_by is null) returning id",
        [id],
      );
      return rows.length === 1;
    },

    /** Ends an open turn; false when it had ended before. */
    async finish(id: string, state: 'done' | 'failed' | 'stopped'): Promise<boolean> {
      const rows = await db.query(
        "update turns set state = $2, finished_at = now() where id = $1 and state in ('queued', 'running') returning id",
        [id, state],
      );
      return rows.length === 1;
    },

    /** Notes who has stopped an open turn, unless somebody has before, and tells the process that works on it. */
    async stop(id: string, by: string): Promise<void> {
      await db.query(
        `update turns set stopped_by = $2 where id = $1 and state in ('queued', 'running') and stopped_by is null
         returning pg_notify(${channelOf(STOPS)}, id)`,
        [id, by],
      );
    },

    /** Those of these turns that somebody has stopped. */
    async stopped(ids: readonly string[]): Promise<string[]> {
      const rows = await db.query('select id from turns where id = any($1::text[]) and stopped_by is not null', [ids]);
      return rows.map((row) => String(row.id));
    },

    async setProgress(id: string, ts: string): Promise<void> {
      await db.query('update turns set progress_ts = $2 where id = $1', [id, ts]);
    },

    /** Turns that are over and whose list of steps has not been closed, oldest first. */
    async openLists(conversationId: string): Promise<EndedTurn[]> {
      const rows = await db.query(
        `select id, state, progress_ts from turns
         where conversation_id = $1 and state in ('done', 'failed', 'stopped') and progress_ts is not null order by created_at`,
        [conversationId],
      );
      return rows.map(typed<EndedTurn>);
    },

    async listClosed(id: string): Promise<void> {
      await db.query("update turns set progress_ts = null where id = $1 and state in ('done', 'failed', 'stopped')", [id]);
    },

    async setBundle(id: string, digest: string): Promise<void> {
      await db.query('update turns set bundle_digest = $2 where id = $1', [id, digest]);
    },
  };
}

export type TurnRows = ReturnType<typeof createTurnRows>;

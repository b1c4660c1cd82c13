// Rows of Slack's envelopes: stored before they are acknowledged, worked on once.
import { type Db, jsonbOf } from './db/db.ts';
import { isLeased } from './db/leases.ts';

export interface InboxRow {
  readonly id: string;
  readonly kind: string;
  readonly payload: Record<string, unknown>;
}

/** Rows older than this are not replayed after a restart: a response_url lives 30 minutes (facts: slack#slash-commands). */
const REPLAY_WITHIN = '30 minutes';

/** Slack repeats an event for minutes; two days are plenty (facts: slack#events-and-retries). */
const KEPT = '2 days';

export function createInbox(db: Db) {
  return {
    /** Stores an envelope; false when one with this id is already there (a redelivery). */
    async receive(row: InboxRow): Promise<boolean> {
      const stored = await db.query('insert into inbox (id, kind, payload) values ($1, $2, $3) on conflict do nothing returning id', [
        row.id,
        row.kind,
        jsonbOf(row.payload),
      ]);
      return stored.length === 1;
    },

    /** Forgets envelopes that no redelivery can repeat any more. */
    async sweep(): Promise<void> {
      await db.query(`delete from inbox where received_at < now() - interval '${KEPT}'`);
    },

    async finish(id: string, state: 'done' | 'failed'): Promise<void> {
      await db.query("update inbox set state = $2, done_at = now(), payload = '{}' where id = $1", [id, state]);
    },

    async isOpen(id: string): Promise<boolean> {
      return (await db.query("select 1 from inbox where id = $1 and state = 'received'", [id])).length > 0;
    },

    /** What was stored and acknowledged but not finished, and nobody works on (any more), oldest first. */
    async abandoned(): Promise<InboxRow[]> {
      const rows = await db.query<{ id: string; kind: string; payload: Record<string, unknown> }>(
        `select id, kind, payload from inbox where state = 'received' and received_at > now() - interval '${REPLAY_WITHIN}'
         and not ${isLeased("'envelope ' || inbox.id")} order by received_at`,
      );
      return rows;
    },
  };
}

export type Inbox = ReturnType<typeof createInbox>;

// Rows of what is to be said in Slack: written first, sent once, in order.
import { type Db, jsonbOf, typed } from './db/db.ts';

interface OutboxRow {
  /** Also the key that marks the message in Slack, so that a lost answer can be looked up there. */
  readonly id: string;
  readonly conversationId?: string;
  readonly turnId?: string;
  readonly kind: string;
  readonly payload: unknown;
  readonly state: 'pending' | 'sending' | 'sent';
  /** Of the message, or the id of a file. What is sent without one was said elsewhere, or could not be said. */
  readonly ts?: string;
  /** What the message shows in Slack, as a digest; absent while that is not known. */
  readonly shown?: string;
}

/** `unleased`: what a message shows is so whoever has drawn it. */
export function createOutbox(db: Db, unleased: Db = db) {
  return {
    /** Adds a message; one with this id that is already there stays as it is. */
    async add(row: Omit<OutboxRow, 'state' | 'ts'>): Promise<void> {
      await db.query(
        `insert into outbox (id, conversation_id, turn_id, kind, payload) values ($1, $2, $3, $4, $5) on conflict (id) do nothing`,
        [row.id, row.conversationId ?? null, row.turnId ?? null, row.kind, jsonbOf(row.payload)],
      );
    },

    async get(id: string): Promise<OutboxRow | undefined> {
      const [row] = await db.query('select * from outbox where id = $1', [id]);
      return row && typed<OutboxRow>(row);
    },

    /** What a turn still has to say, in the order it was written. */
    async unsent(turnId: string): Promise<OutboxRow[]> {
      const rows = await db.query("select * from outbox where turn_id = $1 and state <> 'sent' order by seq", [turnId]);
      return rows.map(typed<OutboxRow>);
    },

    /** The messages of one kind that a conversation has been told or is about to be, oldest first. */
    async ofConversation(conversationId: string, kind: string): Promise<OutboxRow[]> {
      const rows = await db.query('select * from outbox where conversation_id = $1 and kind = $2 order by seq', [conversationId, kind]);
      return rows.map(typed<OutboxRow>);
    },

    /** Conversations with a card that has no plan for one of these reasons. */
    async conversationsWaiting(reasons: readonly string[]): Promise<string[]> {
      const rows = await db.query<{ conversation_id: string }>(
        "select distinct conversation_id from outbox where kind = 'card' and payload->'plan' ?| $1 and conversation_id is not null",
        [reasons],
      );
      return rows.map((row) => row.conversation_id);
    },

    /** Changes what a message says; it must be drawn again by whoever changes it. */
    async change(id: string, payload: unknown): Promise<void> {
      await db.query('update outbox set payload = $2 where id = $1', [id, jsonbOf(payload)]);
    },

    async sending(id: string): Promise<void> {
      await db.query("update outbox set state = 'sending' where id = $1", [id]);
    },

    /** Slack has certainly not taken it: it is to be said still, and not looked for. */
    async refused(id: string): Promise<void> {
      await db.query("update outbox set state = 'pending' where id = $1 and state = 'sending'", [id]);
    },

    /** Nobody says it here any more: it has been said elsewhere, or can't be said. */
    async leave(id: string): Promise<void> {
      await db.query("update outbox set state = 'sent', sent_at = now() where id = $1", [id]);
    },

    async sent(id: string, ts: string, shown?: string): Promise<void> {
      await db.query("update outbox set state = 'sent', ts = $2, shown = $3, sent_at = now() where id = $1", [id, ts, shown ?? null]);
    },

    /** Notes what a message shows now: for all processes, since each of them draws, also for one that has lost its lease. */
    async shows(id: string, shown: string | undefined): Promise<void> {
      await unleased.query('update outbox set shown = $2 where id = $1', [id, shown ?? null]);
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;

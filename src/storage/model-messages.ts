// Rows of the model's history, verbatim, and of the segments that it is told in: within one it must be told to it again as it came.
import { type Db, typed } from './db/db.ts';

/** A message, and the turn that it belongs to. */
export interface SaidRow {
  readonly seq: number;
  readonly turnId: string;
  readonly role: string;
  readonly content: unknown;
}

/** Where the history begins anew: `opening` stands for all that was said up to `afterSeq`. */
interface SegmentRow {
  /** The turn that began it. */
  readonly turnId: string;
  readonly afterSeq: number;
  /** System prompt, tools and model of its calls. */
  readonly frozen: unknown;
  readonly opening: unknown;
}

export function createMessageRows(db: Db) {
  return {
    /** Appends one message of the model's history, verbatim. */
    async append(conversationId: string, turnId: string, message: { role: string; content: unknown }): Promise<void> {
      await db.query(
        `insert into messages (conversation_id, seq, turn_id, role, content)
         select $1, coalesce(max(seq), 0) + 1, $2, $3, $4::json from messages where conversation_id = $1`,
        [conversationId, turnId, message.role, JSON.stringify(message.content)],
      );
    },

    async ofConversation(conversationId: string, afterSeq = 0): Promise<SaidRow[]> {
      const rows = await db.query('select seq, turn_id, role, content from messages where conversation_id = $1 and seq > $2 order by seq', [
        conversationId,
        afterSeq,
      ]);
      return rows.map(typed<SaidRow>);
    },

    /** The newest segment; undefined as long as the first one goes on, whose frozen part is the conversation's own. */
    async segment(conversationId: string): Promise<SegmentRow | undefined> {
      const [row] = await db.query(
        'select turn_id, after_seq, frozen, opening from segments where conversation_id = $1 order by number desc limit 1',
        [conversationId],
      );
      return row && typed<SegmentRow>(row);
    },

    async beginSegment(conversationId: string, segment: SegmentRow & { readonly reason: string }): Promise<void> {
      await db.query(
        `insert into segments (conversation_id, number, turn_id, reason, after_seq, frozen, opening)
         select $1, coalesce(max(number), 1) + 1, $2, $3, $4::int4, $5::json, $6::json from segments where conversation_id = $1`,
        [conversationId, segment.turnId, segment.reason, segment.afterSeq, JSON.stringify(segment.frozen), JSON.stringify(segment.opening)],
      );
    },
  };
}

export type MessageRows = ReturnType<typeof createMessageRows>;

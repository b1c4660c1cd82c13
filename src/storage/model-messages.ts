// Rows of the messages to and from the model, verbatim: what it said must be told to it again as it came.
import type { Db } from './db/db.ts';

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

    async ofConversation(conversationId: string): Promise<{ turnId: string; role: string; content: unknown }[]> {
      const rows = await db.query('select turn_id, role, content from messages where conversation_id = $1 order by seq', [conversationId]);
      return rows.map((row) => ({ turnId: String(row.turn_id), role: String(row.role), content: row.content }));
    },
  };
}

export type MessageRows = ReturnType<typeof createMessageRows>;

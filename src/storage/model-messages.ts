// Rows of the messages to and from the model, verbatim: what it said must be told to it again as it came.
import { type Db, typed } from './db/db.ts';

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

    async ofConversation(conversationId: string) {
      const rows = await db.query('select turn_id, role, content from messages where conversation_id = $1 order by seq', [conversationId]);
      return rows.map(typed<{ turnId: string; role: string; content: unknown }>);
    },
  };
}

export type MessageRows = ReturnType<typeof createMessageRows>;

// Conversations whose messages may not show yet what their rows say: noted before they are drawn, so that a drawing outlives its process.
import type { Db } from '../db/db.ts';
import { isLeased } from '../db/leases.ts';

export function createRedraws(db: Db) {
  return {
    /** The lease of whoever draws it. */
    keyOf: (conversationId: string) => `drawing ${conversationId}`,

    /** Each asking gets a number of its own. */
    async ask(conversationId: string): Promise<void> {
      await db.query(
        'insert into redraws (conversation_id) values ($1) on conflict (conversation_id) do update set asked = excluded.asked',
        [conversationId],
      );
    },

    /** The number of the last asking; undefined where all of it is drawn. */
    async asked(conversationId: string): Promise<string | undefined> {
      const [row] = await db.query<{ asked: string }>('select asked from redraws where conversation_id = $1', [conversationId]);
      return row?.asked;
    },

    /** All that was asked for up to this number is drawn. */
    async drawn(conversationId: string, asked: string): Promise<void> {
      await db.query('delete from redraws where conversation_id = $1 and asked = $2', [conversationId, asked]);
    },

    /** Conversations that nobody draws who is believed to live. */
    async left(): Promise<string[]> {
      const rows = await db.query<{ id: string }>(
        `select conversation_id as id from redraws where not ${isLeased("'drawing ' || conversation_id")} order by asked`,
      );
      return rows.map(({ id }) => id);
    },
  };
}

export type Redraws = ReturnType<typeof createRedraws>;

// Rows of what each reply of the model has cost, and for whom: they stay whatever becomes of the turn, and of its process.
import type { Db } from '../db/db.ts';

interface CostRow {
  readonly turnId: string;
  readonly team: string;
  readonly channel: string;
  readonly slackUser: string;
  readonly model: string;
  /** At list price. */
  readonly dollars: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
}

export function createCostRows(db: Db) {
  return {
    async add(row: CostRow): Promise<void> {
      await db.query(
        `insert into costs (turn_id, team, channel, slack_user, model, dollars,
           input_tokens, output_tokens, cache_write_tokens, cache_read_tokens) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          ...[row.turnId, row.team, row.channel, row.slackUser, row.model, row.dollars],
          ...[row.inputTokens, row.outputTokens, row.cacheWriteTokens, row.cacheReadTokens],
        ],
      );
    },

    /** What a turn has used so far, in whichever process: replies, and dollars. */
    async ofTurn(turnId: string): Promise<{ steps: number; dollars: number }> {
      const [row] = await db.query<{ steps: number; dollars: number }>(
        'select count(*)::integer as steps, coalesce(sum(dollars), 0)::float8 as dollars from costs where turn_id = $1',
        [turnId],
      );
      return row ?? { steps: 0, dollars: 0 };
    },
  };
}

export type CostRows = ReturnType<typeof createCostRows>;

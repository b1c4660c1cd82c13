// Rows of a turn's steps, as people see them.
import { type Db, typed } from './db/db.ts';

interface StepRow {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly details?: string | undefined;
}

export function createStepRows(db: Db) {
  return {
    async save(turnId: string, step: StepRow): Promise<void> {
      await db.query(
        `insert into steps (turn_id, id, seq, title, status, details)
         select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5 from steps where turn_id = $1
         on conflict (turn_id, id) do update set title = excluded.title, status = excluded.status, details = excluded.details`,
        [turnId, step.id, step.title, step.status, step.details ?? null],
      );
    },

    /** In the order in which they began. */
    async ofTurn(turnId: string): Promise<StepRow[]> {
      const rows = await db.query('select id, title, status, details from steps where turn_id = $1 order by seq', [turnId]);
      return rows.map(typed<StepRow>);
    },
  };
}

export type StepRows = ReturnType<typeof createStepRows>;

// What rows of approvable writes have in common: decided once, ended once, found again after a kill; every change is a compare-and-set.
import { type Db, jsonbOf, typed } from './db/db.ts';

export type ProposalState = 'open' | 'declined' | 'superseded' | 'approved' | 'running' | 'done' | 'failed' | 'unknown';

/** Columns that both tables have under the same names. */
export interface Decidable {
  readonly id: string;
  readonly host: string;
  readonly userName: string;
  readonly state: ProposalState;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy?: string;
  readonly decidedAs?: string;
  readonly decidedClick?: string;
  readonly decidedAt?: Date;
  /** When something may have been written outside for the first time, or again; absent where nothing can have been. */
  readonly begunAt?: Date;
  /** Which program writes since then; absent where it is not known, or none does. */
  readonly program?: unknown;
  readonly result?: unknown;
}

export function createDecisions<R extends Decidable>(db: Db, table: 'proposals' | 'writes') {
  return {
    async get(id: string): Promise<R | undefined> {
      const [row] = await db.query(`select * from ${table} where id = $1`, [id]);
      return row && typed<R>(row);
    },

    /** open → approved or declined, if it has not expired; undefined when it was not open any more. */
    async decide(
      id: string,
      to: 'approved' | 'declined',
      by: { slackUser: string; userName: string; at: Date; click?: string | undefined },
    ): Promise<R | undefined> {
      const [row] = await db.query(
        `update ${table} set state = $2, decided_by = $3, decided_as = $4, decided_at = $5, decided_click = $6
         where id = $1 and state = 'open' and ($2 = 'declined' or expires_at > $5) returning *`,
        [id, to, by.slackUser, by.userName, by.at, by.click ?? null],
      );
      return row && typed<R>(row);
    },

    /** Marks that from here on something may be written outside, by a program that is not known yet. */
    async begin(id: string, at: Date): Promise<void> {
      await db.query(`update ${table} set begun_at = $2, program = null where id = $1 and state = 'running'`, [id, at]);
    },

    /** Writes down which program writes. */
    async runs(id: string, program: object): Promise<void> {
      await db.query(`update ${table} set program = $2::jsonb where id = $1 and state = 'running'`, [id, jsonbOf(program)]);
    },

    /**
     * running → approved, where nothing can have been written outside, or (for what does no harm twice) only `since` then; else false. For
     * whoever knows that its owner is dead.
     */
    async again(id: string, since?: Date): Promise<boolean> {
      const rows = await db.query(
        `update ${table} set state = 'approved' where id = $1 and state = 'running' and (begun_at is null or begun_at > $2) returning id`,
        [id, since ?? null],
      );
      return rows.length === 1;
    },

    /**
     * Writes how it ended; a write that recovery has called unknown may still report its end. `running`: what was begun goes on far away,
     * and is followed there.
     */
    async finish(id: string, state: 'running' | 'done' | 'failed' | 'unknown', result: unknown): Promise<void> {
      await db.query(`update ${table} set state = $2, result = $3::jsonb where id = $1 and state in ('approved', 'running', 'unknown')`, [
        id,
        state,
        jsonbOf(result),
      ]);
    },

    /** Those that wait for whoever carries them out, or are being carried out. */
    async interrupted(): Promise<R[]> {
      return (await db.query(`select * from ${table} where state in ('approved', 'running') order by created_at`)).map(typed<R>);
    },
  };
}

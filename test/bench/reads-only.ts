// Statements made to take long: what it costs to see whether each of them only reads.
import { readsOnly } from '../../src/analysis/sql/reads-only.ts';
import { LONG_SQL } from '../analysis/sql/long-sql.ts';

const MOST_MS = 1000;

export async function run(): Promise<void> {
  for (const sql of LONG_SQL) {
    const started = performance.now();
    await readsOnly(sql);
    const took = performance.now() - started;
    const verdict = took <= MOST_MS ? 'ok' : 'MISSED';
    console.log(`${JSON.stringify(`${sql.slice(0, 24)}…`).padEnd(34)} ${took.toFixed(0).padStart(6)} ms  (at most ${MOST_MS}: ${verdict})`);
  }
}

// For tests of crashes and pauses: a database whose process is killed, or stands still, when so many statements or transactions have changed rows.
import type { Db } from './db.ts';

/** `SIGSTOP` has it stand still, as on a machine that sleeps or does much else, until somebody has it go on. */
export function signalledAfter(db: Db, writes: number, signal: 'SIGKILL' | 'SIGSTOP'): Db {
  let left = writes;
  const written = () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, signal);
  };
  return {
    async query(text, params) {
      const rows = await db.query<never>(text, params);
      if (!/^\s*select\b/i.test(text)) written();
      return rows;
    },
    async transaction(work) {
      const result = await db.transaction(work);
      written();
      return result;
    },
  };
}

// For tests of crashes: a database whose process ends, as by a kill, as soon as so many statements or transactions have changed rows.
import type { Db } from './db.ts';

export function dyingAfter(db: Db, writes: number): Db {
  let left = writes;
  const written = () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
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

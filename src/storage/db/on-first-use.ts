// A database that is opened by its first statement, for programs that may end without one: making one takes seconds (facts: libraries#pglite).
import type { Db } from './db.ts';

interface Closable extends Db {
  close(): Promise<void>;
}

export function onFirstUse(open: () => Promise<Closable>): Closable {
  let opened: Promise<Closable> | undefined;
  const connection = () => {
    opened ??= open();
    return opened;
  };
  return {
    query: async (text, params) => (await connection()).query(text, params),
    transaction: async (work) => (await connection()).transaction(work),
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

// Tests that share one database within their file.
import { test } from 'vitest';
import { openTestStorage } from './open-test-storage.ts';

/** Tests with a `db` in which these tables are empty; the file's tests share the rest. */
export function dbTest(...tables: readonly string[]) {
  return test
    .extend('storage', { scope: 'file' }, async ({}, { onCleanup }) => {
      const storage = await openTestStorage();
      onCleanup(() => storage.close());
      return storage;
    })
    .extend('db', async ({ storage }) => {
      for (const table of tables) await storage.db.query(`delete from ${table}`);
      return storage.db;
    });
}

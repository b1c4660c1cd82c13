// Storage for tests: PGlite in memory, from the dump that is made once for all test files.
import { readFileSync } from 'node:fs';
import { fromPglite, PgBoss } from 'pg-boss';
import type { Db } from '../../src/storage/db/db.ts';
import { BOSS_OPTIONS, closing, type QueuedDatabase, startBoss } from '../../src/storage/db/open.ts';
import { createPgliteDb, openPglite } from '../../src/storage/db/pglite.ts';
import { createLogger, type Logger } from '../../src/values/log.ts';
import { prepareDump } from './test-dump.ts';

export const quiet: Logger = createLogger({ level: 'silent' });

/** The parts of BOSS_OPTIONS a test may want faster. */
export interface BossTestOptions {
  superviseIntervalSeconds?: number;
  monitorIntervalSeconds?: number;
}

export interface TestStorage {
  db: Db;
  close(): Promise<void>;
}

/** A migrated, empty database in memory. With `boss`, pg-boss is started in it as well (as the bot would open it). */
export function openTestStorage(): Promise<TestStorage>;
export function openTestStorage(options: { boss: true | BossTestOptions; log?: Logger }): Promise<QueuedDatabase>;
export async function openTestStorage(
  options: { boss?: true | BossTestOptions; log?: Logger } = {},
): Promise<TestStorage | QueuedDatabase> {
  const dump = new Blob([new Uint8Array(readFileSync(await prepareDump()))]);
  const connection = createPgliteDb(await openPglite({ dump }));
  if (options.boss === undefined) return { db: connection, close: closing(undefined, connection, () => undefined) };
  const faster = options.boss === true ? {} : options.boss;
  const boss = new PgBoss({ ...BOSS_OPTIONS, ...faster, db: fromPglite(connection.forBoss), backend: 'pglite' });
  await startBoss(boss, options.log ?? quiet);
  return { db: connection, boss, kind: 'pglite', close: closing(boss, connection, () => undefined) };
}

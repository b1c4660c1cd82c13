// Storage for tests: PGlite in memory, from the dump that is made once for all test files.
import { readFileSync } from 'node:fs';
import { fromPglite, PgBoss } from 'pg-boss';
import type { Db } from '../../src/storage/db/db.ts';
import { onFirstUse } from '../../src/storage/db/on-first-use.ts';
import { BOSS_OPTIONS, closing, type QueuedDatabase, startBoss } from '../../src/storage/db/open.ts';
import { createPgliteDb, openPglite } from '../../src/storage/db/pglite.ts';
import { createLogger, type Logger } from '../../src/values/log.ts';
import { prepareDump } from './test-dump.ts';

export const quiet = createLogger({ level: 'silent' });

/** The parts of BOSS_OPTIONS a test may want otherwise. */
export interface BossTestOptions {
  superviseIntervalSeconds?: number;
  monitorIntervalSeconds?: number;
}

export interface TestStorage {
  db: Db;
  close(): Promise<void>;
}

/** A migrated, empty database in memory, opened by its first statement. With `boss` it is opened at once and the queue started in it. */
export function openTestStorage(): Promise<TestStorage>;
export function openTestStorage(options: { boss: true | BossTestOptions; log?: Logger }): Promise<QueuedDatabase>;
export async function openTestStorage(
  options: { boss?: true | BossTestOptions; log?: Logger } = {},
): Promise<TestStorage | QueuedDatabase> {
  if (options.boss === undefined) {
    const db = onFirstUse(openConnection);
    return { db, close: closing(undefined, db, () => undefined) };
  }
  const connection = await openConnection();
  const otherwise = options.boss === true ? {} : options.boss;
  const boss = new PgBoss({ ...BOSS_OPTIONS, ...otherwise, db: fromPglite(connection.forBoss), backend: 'pglite' });
  const log = options.log ?? quiet;
  await startBoss(boss, log);
  const listen: QueuedDatabase['listen'] = (name, ears) => connection.listen(name, ears, log);
  return { db: connection, boss, kind: 'pglite', listen, close: closing(boss, connection, () => undefined) };
}

async function openConnection() {
  const dump = new Blob([new Uint8Array(readFileSync(await prepareDump()))]);
  return createPgliteDb(await openPglite({ dump }));
}

// Storage for tests: PGlite in memory from a dump that is made once and shared by all test files.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fromPglite, PgBoss } from 'pg-boss';
import type { Db } from '../../src/storage/db/db.ts';
import { migrate } from '../../src/storage/db/migrate.ts';
import { MIGRATIONS } from '../../src/storage/db/migrations.ts';
import { BOSS_OPTIONS, closing, type QueuedDatabase, startBoss } from '../../src/storage/db/open.ts';
import { createPgliteDb, openPglite } from '../../src/storage/db/pglite.ts';
import { createLogger, type Logger } from '../../src/values/log.ts';

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
  const connection = createPgliteDb(await openPglite({ dump: await dump() }));
  if (options.boss === undefined) return { db: connection, close: closing(undefined, connection, () => undefined) };
  const faster = options.boss === true ? {} : options.boss;
  const boss = new PgBoss({ ...BOSS_OPTIONS, ...faster, db: fromPglite(connection.forBoss), backend: 'pglite' });
  await startBoss(boss, options.log ?? quiet);
  return { db: connection, boss, kind: 'pglite', close: closing(boss, connection, () => undefined) };
}

async function dump(): Promise<Blob> {
  return new Blob([new Uint8Array(readFileSync(await dumpFile()))]);
}

/** The tar file of an empty, migrated database with our schema and pg-boss's; made where it is not there yet. */
export async function dumpFile(): Promise<string> {
  const path = dumpPath();
  if (!existsSync(path)) await makeDump(path);
  return path;
}

/** Named by all that shapes it. */
function dumpPath(): string {
  const require = createRequire(import.meta.url);
  const versions = ['@electric-sql/pglite', 'pg-boss'].map((name) => {
    const entry = require.resolve(name);
    return readFileSync(join(entry.slice(0, entry.lastIndexOf(`${name}/`) + name.length), 'package.json'), 'utf8');
  });
  const key = createHash('sha256')
    .update(JSON.stringify([MIGRATIONS, versions]))
    .digest('hex')
    .slice(0, 16);
  return join(tmpdir(), `dab-bot-test-${userInfo().uid}`, `${key}.tar`);
}

async function makeDump(path: string): Promise<void> {
  const pglite = await openPglite({});
  const connection = createPgliteDb(pglite);
  await migrate(connection);
  const boss = new PgBoss({ ...BOSS_OPTIONS, db: fromPglite(connection.forBoss), backend: 'pglite', supervise: false });
  await boss.start();
  await boss.stop({ graceful: false });
  const bytes = await (await pglite.dumpDataDir('none')).bytes();
  await connection.close();
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  // Two test files may make it at the same time: whoever is last wins, with the same content.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, bytes);
  renameSync(draft, path);
}

// Opens storage: Postgres embedded in a locked folder or on a server, migrated, with its job queue started.
import { join } from 'node:path';
import { fromPglite, PgBoss } from 'pg-boss';
import { UpstreamError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Db } from './db.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate } from './migrate.ts';
import { createPgliteDb, openPglite } from './pglite.ts';
import { connectionOf, createPostgresDb, type PostgresOptions } from './postgres.ts';

export type StorageOptions = { readonly dataDir: string } | { readonly postgres: PostgresOptions };

export interface Storage {
  readonly db: Db;
  readonly boss: PgBoss;
  readonly kind: 'pglite' | 'postgres';
  /** Lets the queue's running jobs end (for a while), waits for statements, closes, unlocks the folder. A second call does nothing. */
  close(): Promise<void>;
}

/** How often the queue looks for jobs whose process died (with the queue's own heartbeatSeconds they go on soon after a restart). */
export const SUPERVISE_SECONDS = 5;
/** How long closing waits for running jobs: Databricks Apps kills 15 s after SIGTERM. */
const DRAIN_MS = 10_000;

/** The queue's options, the same over both kinds. We schedule nothing. */
export const BOSS_OPTIONS = {
  schema: 'pgboss',
  schedule: false,
  superviseIntervalSeconds: SUPERVISE_SECONDS,
  monitorIntervalSeconds: SUPERVISE_SECONDS,
} as const;

/** Opens, migrates and starts. Throws a UserError when the folder is in use, an UpstreamError when the server is not to be had. */
export async function openStorage(options: StorageOptions, log: Logger): Promise<Storage> {
  return 'dataDir' in options ? openFolder(options.dataDir, log) : openServer(options.postgres, log);
}

async function openFolder(dataDir: string, log: Logger): Promise<Storage> {
  const lock = await lockFolder(dataDir);
  try {
    const connection = createPgliteDb(await openPglite({ dataDir: join(dataDir, 'postgres') }));
    try {
      await migrate(connection);
      const boss = new PgBoss({ ...BOSS_OPTIONS, db: fromPglite(connection.forBoss), backend: 'pglite' });
      await startBoss(boss, log);
      return { db: connection, boss, kind: 'pglite', close: closing(boss, connection, lock.release) };
    } catch (error) {
      await connection.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openServer(options: PostgresOptions, log: Logger): Promise<Storage> {
  const connection = createPostgresDb(options, (error) => log.warn({ reason: error.message }, 'An idle connection to Postgres broke'));
  try {
    await migrate(connection);
    const boss = new PgBoss({ ...BOSS_OPTIONS, ...connectionOf(options), max: 4 });
    await startBoss(boss, log);
    return { db: connection, boss, kind: 'postgres', close: closing(boss, connection, () => undefined) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Starts the queue; what goes wrong in its background work is logged, not thrown into nowhere. */
export async function startBoss(boss: PgBoss, log: Logger): Promise<void> {
  boss.on('error', (error) => log.error({ reason: error.message }, 'The job queue had an error'));
  boss.on('warning', (warning) => log.warn({ reason: warning.message }, 'The job queue warns'));
  try {
    await boss.start();
  } catch (error) {
    throw new UpstreamError({ service: 'postgres', operation: 'start the job queue' }, { cause: error });
  }
}

/** A close that may be called more than once. */
export function closing(boss: PgBoss | undefined, connection: { close(): Promise<void> }, release: () => void): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = async () => {
    try {
      await boss?.stop({ graceful: true, timeout: DRAIN_MS });
    } finally {
      await connection.close().finally(release);
    }
  };
  return () => {
    closed ??= close();
    return closed;
  };
}

// Opens storage: Postgres embedded in a locked folder or on a server, migrated, with its job queue started.
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { type ConstructorOptions, fromPglite, PgBoss } from 'pg-boss';
import { codeOf, UpstreamError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { Db } from './db.ts';
import { beginFolder, FIRST_FOLDER } from './first-folder.ts';
import { lockFolder } from './folder-lock.ts';
import type { Ears, Unlisten } from './listen.ts';
import { DEFAULT_SCHEMA, migrate } from './migrate.ts';
import { onFirstUse } from './on-first-use.ts';
import { createPgliteDb, openPglite } from './pglite.ts';
import { connectionOf, createPostgresDb, type PostgresOptions } from './postgres.ts';
import { logTrouble } from './queue-trouble.ts';
import type { Connection } from './transactions.ts';
import { waitingForServer, whenServerAnswers } from './wait-for-server.ts';

interface EmbeddedOptions {
  readonly dataDir: string;
  /** The disk under it is emptied by each deployment of the program. */
  readonly endsWithDeployment?: boolean | undefined;
}

interface ServerOptions {
  readonly postgres: PostgresOptions;
  /** Told why, while a server that is away is waited for. */
  readonly onAway?: ((reason: string) => void) | undefined;
}

export type StorageOptions = EmbeddedOptions | ServerOptions;

export interface Database {
  readonly db: Db;
  readonly kind: 'pglite' | 'postgres';
  /** Whether it answers now. */
  answers(): Promise<boolean>;
  /** Waits for statements, closes, unlocks the folder. */
  close(): Promise<void>;
}

export interface QueuedDatabase extends Database {
  readonly boss: PgBoss;
  /** Hears what any process notifies on a channel of our schema (`channelOf`), until the database is closed. */
  listen(name: string, ears: Ears): Promise<Unlisten>;
  /** Lets the queue's running jobs end (for a while) first. A second call does nothing. */
  close(): Promise<void>;
}

/** How often the queue looks for jobs whose process died. They go on soon after a restart: their heartbeat is short too (conversation/queue.ts). */
const SUPERVISE_SECONDS = 5;
/** How long closing waits for running jobs: a part of the 10 s that the whole end may take (bin/run-program). */
const DRAIN_MS = 5_000;

/** The queue's schema: as it was before ours had a name, and one beside each other name. */
const bossSchema = (schema = DEFAULT_SCHEMA) => (schema === DEFAULT_SCHEMA ? 'pgboss' : `${schema}_pgboss`);

/** The queue's options, the same over both kinds. We schedule nothing. */
export const BOSS_OPTIONS = {
  schema: bossSchema(),
  schedule: false,
  superviseIntervalSeconds: SUPERVISE_SECONDS,
  monitorIntervalSeconds: SUPERVISE_SECONDS,
} as const;

/** Opens, migrates and starts the queue. Waits for a server that is away. Throws a UserError when the folder is in use, an UpstreamError when the server refuses. */
export async function openQueuedDatabase(options: StorageOptions, log: Logger): Promise<QueuedDatabase> {
  const { connection, kind, bossOptions, release } = await openMigrated(options, log);
  try {
    const start = async () => {
      const boss = new PgBoss({ ...BOSS_OPTIONS, ...bossOptions });
      await startBoss(boss, log);
      return boss;
    };
    const boss = await ('postgres' in options ? whenServerAnswers(start, { log, onAway: options.onAway }) : start());
    const listen: QueuedDatabase['listen'] = (name, ears) => connection.listen(name, ears, log);
    return { ...usable(connection, kind, log), boss, kind, listen, close: closing(boss, connection, release) };
  } catch (error) {
    await connection.close().finally(release);
    throw error;
  }
}

/** The same without a queue; `memory` is kept nowhere, and made by its first statement. */
export async function openDatabase(options: StorageOptions | 'memory', log: Logger): Promise<Database> {
  if (options === 'memory') {
    const db = onFirstUse(async () => {
      const connection = createPgliteDb(await openPglite({}));
      await migrate(connection);
      return connection;
    });
    return { db, kind: 'pglite', answers: answering(db), close: closing(undefined, db, () => undefined) };
  }
  const { connection, kind, release } = await openMigrated(options, log);
  return { ...usable(connection, kind, log), kind, close: closing(undefined, connection, release) };
}

/** Statements wait for a server that is away; whoever asks whether it answers does not. */
function usable(connection: Connection, kind: Database['kind'], log: Logger): Pick<Database, 'db' | 'answers'> {
  return { db: kind === 'postgres' ? waitingForServer(connection, log) : connection, answers: answering(connection) };
}

function answering(db: Db): Database['answers'] {
  return () =>
    db.query('select 1').then(
      () => true,
      () => false,
    );
}

interface Opened {
  readonly connection: Connection;
  readonly kind: Database['kind'];
  /** How the queue reaches the same database. */
  readonly bossOptions: ConstructorOptions;
  readonly release: () => void;
}

async function openMigrated(options: StorageOptions, log: Logger): Promise<Opened> {
  const opened = await open(options, log);
  try {
    const { connection } = opened;
    if ('postgres' in options) {
      const { postgres, onAway } = options;
      await whenServerAnswers(() => migrate(connection, { schema: postgres.schema }), { log, onAway });
    } else await migrate(connection);
    return opened;
  } catch (error) {
    await opened.connection.close().finally(opened.release);
    throw error;
  }
}

async function open(options: StorageOptions, log: Logger): Promise<Opened> {
  if ('postgres' in options) {
    const driver = await connectionOf(options.postgres, log);
    const connection = createPostgresDb(driver, (error) => log.warn({ reason: error.message }, 'An idle connection to Postgres broke'));
    return {
      connection,
      kind: 'postgres',
      bossOptions: { ...driver, schema: bossSchema(options.postgres.schema), max: 4 } as ConstructorOptions,
      release: () => undefined,
    };
  }
  if (options.endsWithDeployment === true)
    log.warn(
      { folder: options.dataDir },
      'The database is embedded on a disk that each deployment of the app empties: threads, bundles, sign-ins, open approvals and where production lives are forgotten then',
    );
  const lock = await lockFolder(options.dataDir);
  try {
    const dataDir = join(options.dataDir, 'postgres');
    beginFolder(dataDir, FIRST_FOLDER);
    return overPglite(await openPglite({ dataDir }), lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function overPglite(pglite: PGlite, release: () => void): Opened {
  const connection = createPgliteDb(pglite);
  return { connection, kind: 'pglite', bossOptions: { db: fromPglite(connection.forBoss), backend: 'pglite' }, release };
}

/** Starts the queue; what goes wrong in its background work is logged, not thrown into nowhere. */
export async function startBoss(boss: PgBoss, log: Logger): Promise<void> {
  logTrouble(boss, log);
  try {
    await boss.start();
  } catch (error) {
    // Its connections; what it began is made anew by whoever starts another.
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw new UpstreamError({ service: 'postgres', operation: 'start the job queue', code: codeOf(error) }, { cause: error });
  }
}

/** Lets running jobs end, for a while: what runs on is handed over. A second call does nothing. */
export async function drain(boss: PgBoss): Promise<void> {
  await boss.stop({ graceful: true, timeout: DRAIN_MS });
}

/** A close that may be called more than once. */
export function closing(boss: PgBoss | undefined, connection: { close(): Promise<void> }, release: () => void): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = async () => {
    try {
      if (boss !== undefined) await drain(boss);
    } finally {
      await connection.close().finally(release);
    }
  };
  return () => {
    closed ??= close();
    return closed;
  };
}

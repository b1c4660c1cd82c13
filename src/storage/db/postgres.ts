// A Postgres server as a Db: a pool, a transaction on one of its connections.
import type { ConnectionOptions } from 'node:tls';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import type { Logger } from '../../values/log.ts';
import type { Row } from './db.ts';
import { isPasswordRefused, type LakebaseLogin, lakebasePasswords } from './lakebase.ts';
import { listenToServer, safely, type Unlisten } from './listen.ts';
import { DEFAULT_SCHEMA } from './migrate.ts';
import { CONNECT, type Connection, guarded, inTransaction, postgresError, run } from './transactions.ts';

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string | undefined;
  /** In place of a password: Lakebase's are short-lived and fetched. */
  readonly lakebase?: LakebaseLogin | undefined;
  readonly ssl?: boolean | ConnectionOptions | undefined;
  /** Where our tables are; DEFAULT_SCHEMA when left out. */
  readonly schema?: string | undefined;
  /** How long leases last, where that is long. */
  readonly leaseMs?: number | undefined;
}

/** Connections of our own pool; pg-boss has a second one. */
const POOL_SIZE = 8;
const CONNECT_TIMEOUT_MS = 10_000;
/** In the place of an SQLSTATE: nobody waits for a database that we have closed ourselves. */
const CLOSED = 'CLOSED';
/**
 * A process that stands still within a transaction keeps rows and leases from all others: the server ends it after so long, or after half a
 * lease where that is longer. Ours do nothing but statements, one after the other.
 */
const IDLE_IN_TRANSACTION_MS = 5_000;

/** The driver's options, made once: our pool and pg-boss's share a fetched password. pg takes no undefined under exactOptionalPropertyTypes. */
export async function connectionOf(options: PostgresOptions, log: Logger): Promise<PoolConfig> {
  const { host, port, database, user, password, lakebase, ssl, schema = DEFAULT_SCHEMA, leaseMs = 0 } = options;
  const idleMs = Math.max(IDLE_IN_TRANSACTION_MS, leaseMs / 2);
  return {
    ...{ host, port, database, user },
    options: `-c search_path="${schema}" -c idle_in_transaction_session_timeout=${idleMs}`,
    ...(password === undefined ? {} : { password }),
    ...(lakebase === undefined ? {} : await lakebasePasswords(lakebase, user, log)),
    ...(ssl === undefined ? {} : { ssl }),
  };
}

/** A Db over a server. `onIdleError` hears of connections that break while nobody uses them. */
export function createPostgresDb(options: PoolConfig, onIdleError: (error: Error) => void): Connection {
  const pool = new Pool({
    ...options,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // As the owner of a lease is called: for people who look into the tables.
    application_name: `dab-bot ${process.pid}`,
  });
  pool.on('error', onIdleError);
  const gate = guarded();
  const listening = new Set<Unlisten>();

  /** A refused password is fetched anew: the second login shows whether the first had only ended too early. Nothing was executed yet. */
  const loggedIn = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      if (typeof options.password === 'function' && isPasswordRefused(error)) return work();
      throw error;
    });

  /**
   * A connection for a while; `drop` keeps it from being used again. Nobody else listens for its errors meanwhile, and one that breaks between
   * two statements, or beside one that fails, would end the process (facts: libraries#pg).
   */
  const connected = async <T>(work: (client: PoolClient, drop: (why: Error) => void) => Promise<T>): Promise<T> => {
    if (pool.ending) throw postgresError(CONNECT, Object.assign(new Error('The database is closed.'), { code: CLOSED }));
    const client = await loggedIn(() => pool.connect()).catch((error: unknown) => {
      throw postgresError(CONNECT, error);
    });
    let broken: Error | undefined;
    const drop = (why: Error) => {
      broken = why;
    };
    client.on('error', drop);
    try {
      return await work(client, drop);
    } finally {
      client.off('error', drop);
      client.release(broken);
    }
  };

  const transaction = <T>(work: (client: PoolClient) => Promise<T>): Promise<T> =>
    connected(async (client, drop) => {
      try {
        await run(client, 'begin');
        const result = await work(client);
        await run(client, 'commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch(drop);
        throw error;
      }
    });

  return {
    query: async <R extends Row>(text: string, params?: readonly unknown[]) => {
      gate.check(text);
      return connected((client, drop) =>
        run<R>(client, text, params).catch((error: Error) => {
          drop(error);
          throw error;
        }),
      );
    },
    transaction: async (work) => {
      gate.check('begin');
      return transaction((client) => gate.inside(() => work(inTransaction(client))));
    },
    script: (text) =>
      transaction(async (client) => {
        await run(client, text);
      }),
    async listen(name, ears, log) {
      const end = await listenToServer(options, name, safely(ears, log), log);
      listening.add(end);
      return () => end().finally(() => listening.delete(end));
    },
    async close() {
      await Promise.all([...listening].map((end) => end()));
      await pool.end();
    },
  };
}

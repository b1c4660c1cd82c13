// A Postgres server as a Db: a pool, a transaction on one of its connections.
import type { ConnectionOptions } from 'node:tls';
import { Pool, type PoolClient } from 'pg';
import type { Row } from './db.ts';
import { type Connection, guarded, inTransaction, postgresError, run } from './transactions.ts';

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** A function where passwords are short-lived (Lakebase; facts: databricks#lakebase-and-postgres). */
  readonly password?: string | (() => Promise<string>) | undefined;
  readonly ssl?: boolean | ConnectionOptions | undefined;
}

/** Connections of our own pool; pg-boss has a second one. */
const POOL_SIZE = 8;
const CONNECT_TIMEOUT_MS = 10_000;

/** The driver's options: pg takes no undefined under exactOptionalPropertyTypes. */
export function connectionOf(options: PostgresOptions) {
  const { host, port, database, user, password, ssl } = options;
  return { host, port, database, user, ...(password === undefined ? {} : { password }), ...(ssl === undefined ? {} : { ssl }) };
}

/** A Db over a server. `onIdleError` hears of connections that break while nobody uses them. */
export function createPostgresDb(options: PostgresOptions, onIdleError: (error: Error) => void): Connection {
  const pool = new Pool({
    ...connectionOf(options),
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'dab-bot',
  });
  pool.on('error', onIdleError);
  const gate = guarded();

  const transaction = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw postgresError('connect', error);
    });
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  };

  return {
    query: async <R extends Row>(text: string, params?: readonly unknown[]) => {
      gate.check(text);
      return run<R>(pool, text, params);
    },
    transaction: async (work) => {
      gate.check('begin');
      return transaction((client) => gate.inside(() => work(inTransaction(client))));
    },
    script: (text) =>
      transaction(async (client) => {
        await client.query(text);
      }),
    close: () => pool.end(),
  };
}

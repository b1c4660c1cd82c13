// What both kinds of Postgres share: statements, transactions within transactions, their guard, and errors that tell no values.
import { AsyncLocalStorage } from 'node:async_hooks';
import { codeOf, UpstreamError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { type Db, paramOf, type Row } from './db.ts';
import type { Ears, Unlisten } from './listen.ts';

/** A Db that can also run scripts of several statements (migrations), hear what is notified, and be closed. */
export interface Connection extends Db {
  /** Runs a script in one transaction; no parameters, no rows. */
  script(text: string): Promise<void>;
  /** Hears what any process notifies on a channel of our schema (`channelOf`). */
  listen(name: string, ears: Ears, log: Logger): Promise<Unlisten>;
  /** Waits for what is under way, then closes. */
  close(): Promise<void>;
}

interface Gate {
  /** Throws when the caller runs inside the work of a transaction that is still open. */
  check(text: string): void;
  inside<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Finds statements that bypass the transaction they are in: over PGlite they would wait for themselves for ever, over a server they
 * would not see the transaction's rows. Both throw, so that a mistake shows wherever it is run.
 */
export function guarded(): Gate {
  const current = new AsyncLocalStorage<{ open: boolean }>();
  return {
    check(text) {
      if (current.getStore()?.open !== true) return;
      throw new Error(`Use the transaction's own Db inside a transaction (or start this outside of it): ${operationOf(text)}`);
    },
    async inside(work) {
      const state = { open: true };
      try {
        return await current.run(state, work);
      } finally {
        state.open = false;
      }
    },
  };
}

/** What the drivers run statements on: a connection, a pool, a transaction. */
interface Driver {
  query(text: string, params: unknown[]): Promise<{ rows: unknown[] }>;
}

/** The operation of a failure before anything was sent: there was no connection to send it on. */
export const CONNECT = 'connect';

/** The rows of a statement; a failure as an UpstreamError. */
export async function run<R extends Row>(on: Driver, text: string, params: readonly unknown[] = []): Promise<R[]> {
  try {
    const result = await on.query(text, params.map(paramOf));
    return result.rows as R[];
  } catch (error) {
    throw postgresError(text, error);
  }
}

/** The Db of a transaction that has begun on this connection; a transaction within it is a savepoint. */
export function inTransaction(on: Driver): Db {
  const db: Db = {
    query: (text, params) => run(on, text, params),
    async transaction(work) {
      await db.query('savepoint nested');
      try {
        const result = await work(db);
        await db.query('release savepoint nested');
        return result;
      } catch (error) {
        await db.query('rollback to savepoint nested');
        throw error;
      }
    },
  };
  return db;
}

/** A failed statement as an UpstreamError with its SQLSTATE; the driver's own error, whose detail may quote rows, is left behind. */
export function postgresError(text: string, error: unknown): UpstreamError {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const failure = { service: 'postgres', operation: operationOf(text), code, passing: code === undefined || !FINAL.test(code) } as const;
  return new UpstreamError(failure, { cause: new Error(message) });
}

/**
 * SQLSTATEs of statements that fail in the same way each time: what can't be stored so, breaks a rule of the tables or is no SQL. All else has
 * to do with the moment: the connection, a server that is stopping or full, a lock.
 */
const FINAL = /^(0A|22|23|42|54)...$/;

function operationOf(text: string): string {
  return text.trim().split(/\s+/).slice(0, 4).join(' ');
}

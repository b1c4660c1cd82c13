// Hears what other processes notify, on a connection of its own to a server; one that is lost is made anew, for as long as it takes.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, type PoolConfig } from 'pg';
import { systemClock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';

/** A notification is a hint: whoever missed one finds out by looking. Neither function may be slow. */
export interface Ears {
  readonly heard: (about: string) => void;
  /** Called whenever listening has begun: what was notified before, nobody has heard. */
  readonly missed: () => void;
}

/** Ends the listening. */
export type Unlisten = () => Promise<void>;

/** Pauses between connections grow from one to the other, in real time: a server comes back in it. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A connection that a network has dropped without a word is found out by TCP itself. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
/** As long as our pool waits for a connection: a server that takes one and says nothing would be waited for without end, also by a start. */
const PATIENCE = { connectionTimeoutMillis: 10_000, query_timeout: 10_000 };

/** The channel of our schema, as SQL: databases have their channels in common for all schemas. `pg_notify` takes the same. */
export const channelOf = (name: string) => `current_schema() || '_${name}'`;

/**
 * Ears that end nothing by throwing, as PGlite's would the process (facts: libraries#pglite), and that work for nobody: not in the transaction,
 * or under the lease, of a statement in whose answer the notification came.
 */
export function safely({ heard, missed }: Ears, log: Logger): Ears {
  const guard = <T extends readonly unknown[]>(run: (...args: T) => void) =>
    AsyncLocalStorage.bind((...args: T) => {
      try {
        run(...args);
      } catch (error) {
        log.error({ err: error }, 'A notification of the database was not taken');
      }
    });
  return { heard: guard(heard), missed: guard(missed) };
}

/** Resolves when the first connection stands, or has failed: then it is tried again behind the caller's back. */
export async function listenToServer(config: PoolConfig, name: string, { heard, missed }: Ears, log: Logger): Promise<Unlisten> {
  let current: Client | undefined;
  let pause = FIRST_PAUSE_MS;
  let closed = false;
  let cancel = () => {};

  function lost(client: Client, error?: unknown): void {
    if (closed || client !== current) return;
    current = undefined;
    if (error instanceof Error) log.warn({ reason: error.message, waitMs: pause }, 'The connection that listens to Postgres broke');
    void client.end().catch(() => undefined);
    cancel = systemClock.deadline(pause, () => void connect());
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }

  async function connect(): Promise<void> {
    const client = makeClient(config);
    current = client;
    client.on('error', (error) => lost(client, error));
    client.on('end', () => lost(client));
    client.on('notification', ({ payload }) => heard(payload ?? ''));
    try {
      // With a callback: so a refused password is fetched anew (lakebase.ts).
      await new Promise<void>((resolve, reject) => client.connect((error?: Error | null) => (error ? reject(error) : resolve())));
      const { rows } = await client.query<{ listen: string }>(`select format('listen %I', ${channelOf(name)}) as listen`);
      await client.query(rows[0]?.listen ?? '');
      pause = FIRST_PAUSE_MS;
      if (!closed) missed();
    } catch (error) {
      lost(client, error);
    }
  }

  await connect();
  return async () => {
    closed = true;
    cancel();
    await current?.end().catch(() => undefined);
  };
}

function makeClient(config: PoolConfig): Client {
  const Login = (config.Client ?? Client) as typeof Client;
  return new Login({ ...config, ...KEEP_ALIVE, ...PATIENCE });
}

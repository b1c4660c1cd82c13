// Postgres inside this process: PGlite as a Db, its values in the types that a server's driver gives, one statement or transaction at a time.
import { PGlite } from '@electric-sql/pglite';
import type { PGliteLike } from 'pg-boss';
import type { Row } from './db.ts';
import { channelOf, safely } from './listen.ts';
import { DEFAULT_SCHEMA } from './migrate.ts';
import { type Connection, guarded, inTransaction, run } from './transactions.ts';

/** Type numbers of pg_type whose PGlite defaults differ from node-postgres: int8 and numeric stay text, bytea is a Buffer. */
const INT8 = 20;
const NUMERIC = 1700;
const BYTEA = 17;
const JSON_TYPE = 114;
const JSONB = 3802;

const PARSERS = {
  [INT8]: (text: string) => text,
  [NUMERIC]: (text: string) => text,
  [BYTEA]: (text: string) => Buffer.from(text.slice(2), 'hex'),
};

/** node-postgres writes an array as a Postgres array, so PGlite refuses here what a server would refuse there. */
function jsonText(value: unknown): string {
  if (Array.isArray(value)) throw new TypeError('Pass a JSON array as text (JSON.stringify): drivers send arrays as Postgres arrays.');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const SERIALIZERS = { [JSON_TYPE]: jsonText, [JSONB]: jsonText };

/** Opens PGlite in a folder, or in memory from a dump. The first open of a folder takes 2-4 s (facts: libraries#pglite). */
export async function openPglite(options: { dataDir?: string; dump?: Blob }): Promise<PGlite> {
  const pglite = await PGlite.create({
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.dump === undefined ? {} : { loadDataDir: options.dump }),
    parsers: PARSERS,
    serializers: SERIALIZERS,
  });
  // Its one connection lives as long as it does.
  await pglite.exec(`set search_path to "${DEFAULT_SCHEMA}"`);
  return pglite;
}

/**
 * A Db over PGlite. There is one connection: statements and transactions queue, so a transaction that waits for something slow holds up
 * everybody. A statement on the outer Db from inside a transaction's work would wait for ever; it throws at once instead (over a server too).
 */
export function createPgliteDb(pglite: PGlite): Connection & { readonly forBoss: PGliteLike } {
  let tail: Promise<unknown> = Promise.resolve();
  const exclusive = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  };
  const gate = guarded();

  return {
    query: async <R extends Row>(text: string, params?: readonly unknown[]) => {
      gate.check(text);
      return exclusive(() => run<R>(pglite, text, params));
    },
    transaction: async (work) => {
      gate.check('begin');
      return exclusive(() => pglite.transaction((tx) => gate.inside(() => work(inTransaction(tx)))));
    },
    script: (text) =>
      exclusive(async () => {
        await pglite.transaction(async (tx) => {
          await tx.exec(text);
        });
      }),
    listen: async (name, ears, log) => {
      const { heard, missed } = safely(ears, log);
      const [row] = await exclusive(() => run<{ channel: string }>(pglite, `select quote_ident(${channelOf(name)}) as channel`));
      const end = await exclusive(() => pglite.listen(row?.channel ?? '', heard));
      missed();
      return () => exclusive(() => end());
    },
    close: async () => {
      await tail;
      await pglite.close();
    },
    forBoss: {
      query: async <T>(text: string, params?: unknown[]) => {
        gate.check(text);
        return exclusive(() => pglite.query<T>(text, params));
      },
      // pg-boss sends BEGIN … COMMIT scripts. One that fails leaves the only connection in an aborted transaction: it is
      // rolled back before anybody else's statement can run into it.
      exec: async (text) => {
        gate.check(text);
        return exclusive(() =>
          pglite.exec(text).catch(async (error: unknown) => {
            await pglite.exec('rollback');
            throw error;
          }),
        );
      },
      listen: (channel, callback) => pglite.listen(channel, callback),
    },
  };
}

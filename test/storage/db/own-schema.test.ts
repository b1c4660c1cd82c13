// A schema of our own: what an earlier release kept in `public` is moved there with its rows, and tables of others stay.
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { DEFAULT_SCHEMA, migrate } from '../../../src/storage/db/migrate.ts';
import { MIGRATIONS } from '../../../src/storage/db/migrations.ts';
import { createPgliteDb, openPglite } from '../../../src/storage/db/pglite.ts';
import { prepareDump } from '../test-dump.ts';

/** So many migrations were there when rows were kept in `public`. */
const IN_PUBLIC = 11;
const TABLES = 'select tablename from pg_tables where schemaname = $1 order by tablename';

async function opened() {
  const connection = createPgliteDb(await openPglite({ dump: new Blob([new Uint8Array(readFileSync(await prepareDump()))]) }));
  onTestFinished(() => connection.close());
  const namesIn = async (schema: string) => (await connection.query(TABLES, [schema])).map(({ tablename }) => tablename);
  return { connection, namesIn };
}

it('moves the tables of an earlier release, their rows, counters and keys with them, once', async () => {
  const { connection, namesIn } = await opened();
  const all = await namesIn(DEFAULT_SCHEMA);
  expect(await namesIn('public')).toEqual([]);
  // As it was: everything in `public`, and a table of somebody else.
  await connection.script(`
    drop schema ${DEFAULT_SCHEMA} cascade;
    set local search_path to public;
    create table schema_migrations (version integer primary key, applied_at timestamptz not null default now());
    insert into schema_migrations select generate_series(1, ${IN_PUBLIC});
    ${MIGRATIONS.slice(0, IN_PUBLIC).join('')}
    create table theirs (n integer);
    insert into outbox (id, kind, payload) values ('o1', 'reply', '{}');
  `);
  await migrate(connection);
  await migrate(connection);
  expect(await namesIn(DEFAULT_SCHEMA)).toEqual(all);
  expect(await namesIn('public')).toEqual(['theirs']);
  await connection.query("insert into outbox (id, kind, payload) values ('o2', 'reply', '{}')");
  expect(await connection.query('select id, seq from outbox order by seq')).toEqual([
    { id: 'o1', seq: '1' },
    { id: 'o2', seq: '2' },
  ]);
});

it('leaves the tables of another program that keeps its migrations under the same name', async () => {
  const { connection, namesIn } = await opened();
  await connection.script(`
    drop schema ${DEFAULT_SCHEMA} cascade;
    create table public.schema_migrations (version text primary key);
    create table public.inbox (id text);
  `);
  await migrate(connection, { migrations: ['create table ours (n integer)'] });
  expect(await namesIn('public')).toEqual(['inbox', 'schema_migrations']);
  expect(await namesIn(DEFAULT_SCHEMA)).toEqual(['ours', 'schema_migrations']);
});

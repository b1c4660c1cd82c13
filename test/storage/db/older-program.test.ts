// The oldest program that may start on today's database finds there all that its statements need, and nothing that refuses them.
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { MIGRATIONS, OLDEST_PROGRAM } from '../../../src/storage/db/migrations.ts';
import { createPgliteDb, openPglite } from '../../../src/storage/db/pglite.ts';
import { prepareDump } from '../test-dump.ts';

/** What statements of a program can rely on, and what can refuse them: a line each, in words that a failing test shows. */
const STRUCTURE = `
  select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as line, c.relname as of,
    a.attnotnull and not a.atthasdef and a.attidentity = '' as must
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  where c.relnamespace = to_regnamespace($1) and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  union all
  select c.relname || ': ' || replace(pg_get_constraintdef(k.oid), $1 || '.', ''), c.relname, true
  from pg_constraint k join pg_class c on c.oid = k.conrelid where c.relnamespace = to_regnamespace($1) and k.contype <> 'n'
  union all
  select c.relname || ': ' || replace(pg_get_indexdef(i.indexrelid), $1 || '.', ''), c.relname, true
  from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = to_regnamespace($1) and i.indisunique
  union all
  select 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') ' || pg_get_function_result(p.oid), p.proname, false
  from pg_proc p where p.pronamespace = to_regnamespace($1)
  union all
  select 'sequence ' || c.relname, c.relname, false from pg_class c where c.relnamespace = to_regnamespace($1) and c.relkind = 'S'`;

type Line = { line: string; of: string; must: boolean };

async function structures() {
  const connection = createPgliteDb(await openPglite({ dump: new Blob([new Uint8Array(readFileSync(await prepareDump()))]) }));
  onTestFinished(() => connection.close());
  return async (name: string, migrations: readonly string[]) => {
    await connection.script(`create schema ${name}; set local search_path to ${name}; ${migrations.join('')}`);
    return connection.query<Line>(STRUCTURE, [name]);
  };
}

/** What an older program would run into. */
function problems(before: readonly Line[], after: readonly Line[]): string[] {
  const tables = new Set(before.map(({ of }) => of));
  const there = new Set(after.map(({ line }) => line));
  const demanded = new Set(before.filter(({ must }) => must).map(({ line }) => line));
  return [
    // What only refuses may go; a unique key may not: statements name it in `on conflict`.
    ...before.filter(({ line }) => !there.has(line) && !/: (CHECK|FOREIGN) /.test(line)).map(({ line }) => `gone: ${line}`),
    ...after.filter(({ line, of, must }) => must && tables.has(of) && !demanded.has(line)).map(({ line }) => `demanded: ${line}`),
  ];
}

it('demands nothing new of it, and takes nothing away', async () => {
  expect(OLDEST_PROGRAM).toBeLessThanOrEqual(MIGRATIONS.length);
  const structureOf = await structures();
  const before = await structureOf('before', MIGRATIONS.slice(0, OLDEST_PROGRAM));
  expect(problems(before, await structureOf('after', MIGRATIONS))).toEqual([]);
});

it('sees what an older program would run into', async () => {
  const structureOf = await structures();
  const tables = 'create table a (id text primary key, kind text, n integer check (n > 0)); create table b (id text);';
  const before = await structureOf('before', [tables]);
  const after = async (name: string, sql: string) => problems(before, await structureOf(name, [tables, sql]));
  expect(await after('added', "alter table a add x text, add y text not null default ''; create table c (id text primary key);")).toEqual(
    [],
  );
  expect(await after('loosened', 'alter table a drop constraint a_n_check;')).toEqual([]);
  expect(await after('dropped', 'alter table a drop kind; drop table b;')).toEqual(['gone: a.kind text', 'gone: b.id text']);
  expect(await after('demanded', 'alter table a add x text not null;')).toEqual(['demanded: a.x text']);
  expect(await after('tightened', 'alter table a alter kind set not null;')).toEqual(['demanded: a.kind text']);
  expect(await after('checked', "alter table a add check (kind <> '');")).toEqual(["demanded: a: CHECK ((kind <> ''::text))"]);
  expect(await after('once', 'create unique index once on a (kind);')).toEqual([
    'demanded: a: CREATE UNIQUE INDEX once ON a USING btree (kind)',
  ]);
  expect(await after('keyless', 'alter table a drop constraint a_pkey;')).toEqual([
    expect.stringMatching(/gone: a: (PRIMARY KEY|CREATE UNIQUE)/),
    expect.stringMatching(/gone: a: (PRIMARY KEY|CREATE UNIQUE)/),
  ]);
});

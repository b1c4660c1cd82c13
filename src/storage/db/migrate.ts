// Brings our tables up to this program's version: each migration once, under a lock, in its own transaction; in a schema of our own.
import { MIGRATIONS, OLDEST_PROGRAM } from './migrations.ts';
import type { Connection } from './transactions.ts';

/** Any number that nothing else uses as an advisory lock in this database. */
const MIGRATION_LOCK = 7_402_311;

/** Never `public`: in Lakebase an app may not write there, and elsewhere others do (facts: databricks#lakebase-and-postgres). */
export const DEFAULT_SCHEMA = 'dab';

/** Tables that releases before DEFAULT_SCHEMA made in `public`. Nothing is ever added here. */
const ONCE_IN_PUBLIC = [
  ...['inbox', 'links', 'grants', 'link_attempts', 'conversations', 'turns', 'messages', 'steps', 'blobs', 'definitions', 'bundles'],
  ...['versions', 'proofs', 'proposals', 'outbox', 'writes', 'bundle_owners', 'openings', 'places', 'called_secrets', 'schema_migrations'],
];

/** Looked for first: even `add column if not exists` waits for everybody who reads the table, such as a backup. */
const OLDEST_COLUMN = `
    do $$ begin
      if not exists (select from pg_attribute where attrelid = 'schema_migrations'::regclass and attname = 'oldest') then
        alter table schema_migrations add column oldest integer; -- the program that may start on it; null: one that knows it
      end if;
    end $$;`;

type Migrated = Pick<Connection, 'query' | 'script'>;

interface MigrateOptions {
  /** The first schema on the connection's search_path. */
  readonly schema?: string | undefined;
  readonly migrations?: readonly string[] | undefined;
  /** OLDEST_PROGRAM when left out. */
  readonly oldest?: number | undefined;
}

/** Applies what is missing. Throws when the database is newer than the program, unless it was only added to. */
export async function migrate(connection: Migrated, options: MigrateOptions = {}): Promise<void> {
  const { schema = DEFAULT_SCHEMA, migrations = MIGRATIONS, oldest = OLDEST_PROGRAM } = options;
  // Under the lock as well: two `create table if not exists` at once can fail on a server.
  await connection.script(`
    select pg_advisory_xact_lock(${MIGRATION_LOCK});
    ${ownSchema(schema)}
    create table if not exists schema_migrations (version integer primary key, applied_at timestamptz not null default now());
    ${OLDEST_COLUMN}
  `);
  const { at, for: least } = await versionOf(connection);
  if (least > migrations.length) {
    throw new Error(`The database is at version ${at} of the schema and this program knows ${migrations.length}: start the newer program.`);
  }
  for (const [index, sql] of migrations.entries()) {
    if (index >= at) await apply(connection, { version: index + 1, oldest, sql });
  }
}

/**
 * Makes the schema, and moves in what an earlier release kept in `public`: where its oldest tables and its kind of schema_migrations stand,
 * which others have under the same name. Made only where it is missing: whoever may not make schemas may still use one.
 */
function ownSchema(schema: string): string {
  const names = ONCE_IN_PUBLIC.map((name) => `'${name}'`).join(', ');
  return `
    do $$
    declare name text;
    begin
      if to_regnamespace('${schema}') is null then create schema "${schema}"; end if;
      if to_regclass('"${schema}".schema_migrations') is null and to_regclass('public.link_attempts') is not null
        and to_regclass('public.inbox') is not null and exists (
          select from pg_attribute where attrelid = to_regclass('public.schema_migrations') and attname = 'applied_at'
        )
      then
        foreach name in array array[${names}] loop
          if to_regclass('public.' || name) is not null then execute format('alter table public.%I set schema "${schema}"', name); end if;
        end loop;
      end if;
    end $$;`;
}

/** How far the database is, and how much a program must know of it. */
async function versionOf(connection: Migrated): Promise<{ at: number; for: number }> {
  const rows = await connection.query<{ at: number; for: number }>(`
    select coalesce(max(version), 0)::int4 as at, coalesce(max(coalesce(oldest, version)), 0)::int4 as "for" from schema_migrations`);
  return rows[0] ?? { at: 0, for: 0 };
}

interface Step {
  readonly version: number;
  readonly oldest: number;
  readonly sql: string;
}

/** The row goes in first: a second program that waited for the lock fails on the key and finds the work done. */
async function apply(connection: Migrated, { version, oldest, sql }: Step): Promise<void> {
  try {
    await connection.script(`
      select pg_advisory_xact_lock(${MIGRATION_LOCK});
      insert into schema_migrations (version, oldest) values (${version}, ${oldest});
      ${sql}
    `);
  } catch (error) {
    if ((await versionOf(connection)).at < version) throw error;
  }
}

// Brings the schema up to this program's version: each migration once, under a lock, in its own transaction.
import { MIGRATIONS } from './migrations.ts';
import type { Connection } from './transactions.ts';

/** Any number that nothing else uses as an advisory lock in this database. */
const MIGRATION_LOCK = 7_402_311;

/** Applies what is missing. Throws when the database is newer than the program. */
export async function migrate(connection: Connection, migrations: readonly string[] = MIGRATIONS): Promise<void> {
  // Under the lock as well: two `create table if not exists` at once can fail on a server.
  await connection.script(`
    select pg_advisory_xact_lock(${MIGRATION_LOCK});
    create table if not exists schema_migrations (version integer primary key, applied_at timestamptz not null default now());
  `);
  const at = await versionOf(connection);
  if (at > migrations.length) {
    throw new Error(`The database is at version ${at} of the schema and this program knows ${migrations.length}: start the newer program.`);
  }
  for (const [index, sql] of migrations.entries()) {
    if (index >= at) await apply(connection, index + 1, sql);
  }
}

async function versionOf(connection: Connection): Promise<number> {
  const rows = await connection.query<{ at: number }>('select coalesce(max(version), 0)::int4 as at from schema_migrations');
  return rows[0]?.at ?? 0;
}

/** The row goes in first: a second program that waited for the lock fails on the key and finds the work done. */
async function apply(connection: Connection, version: number, sql: string): Promise<void> {
  try {
    await connection.script(`
      select pg_advisory_xact_lock(${MIGRATION_LOCK});
      insert into schema_migrations (version) values (${version});
      ${sql}
    `);
  } catch (error) {
    if ((await versionOf(connection)) < version) throw error;
  }
}

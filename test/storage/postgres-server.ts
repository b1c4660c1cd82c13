// A real PostgreSQL for the contract suite: one that TEST_PG… variables name, or one started here from Debian's binaries; else none.
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../src/playground/child.ts';
import type { PostgresOptions } from '../../src/storage/db/postgres.ts';

const run = promisify(execFile);

interface Server {
  options: PostgresOptions;
  stop(): Promise<void>;
}

/** A role that needs a password, which the others don't: as an app of Databricks it may make schemas and owns what it makes. */
export const APP_ROLE = 'app-role';

/** Debian keeps each major version's programs in a folder of its own. */
const DEBIAN = '/usr/lib/postgresql';

/** How to start a server with an empty database, or the reason why there is none. */
export async function findPostgres(): Promise<{ start(): Promise<Server> } | { missing: string }> {
  const { TEST_PGHOST, TEST_PGPORT, TEST_PGDATABASE, TEST_PGUSER, TEST_PGPASSWORD } = process.env;
  if (TEST_PGHOST !== undefined) {
    const options = {
      host: TEST_PGHOST,
      port: Number(TEST_PGPORT ?? 5432),
      database: TEST_PGDATABASE ?? 'postgres',
      user: TEST_PGUSER ?? 'postgres',
      password: TEST_PGPASSWORD,
    };
    return { start: async () => ({ options, stop: async () => undefined }) };
  }
  const programs = findPrograms();
  if (programs === undefined) return { missing: `no initdb and pg_ctl in ${DEBIAN}, and TEST_PGHOST is not set` };
  const owner = await unprivileged();
  if (owner === undefined) return { missing: 'initdb refuses to run as root and there is no user "postgres"' };
  return { start: () => start(programs, owner) };
}

function findPrograms(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const newest = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return newest
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'pg_ctl')));
}

interface Owner {
  uid: number;
  gid: number;
}

/** The user that runs the server: this one, or `postgres` when this one is root. */
async function unprivileged(): Promise<Owner | undefined> {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? uid };
  try {
    const [user, group] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(user.stdout), gid: Number(group.stdout) };
  } catch {
    return undefined;
  }
}

async function start(bin: string, owner: Owner): Promise<Server> {
  // Not under os.tmpdir(): a temporary folder that only root can enter would be of no use to the other user.
  const folder = mkdtempSync('/tmp/dab-bot-pg-');
  chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const port = await freePort();
  const as = { ...owner, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], as);
  // In the clear, as Lakebase asks for it.
  const rules = join(data, 'pg_hba.conf');
  writeFileSync(rules, `host all "${APP_ROLE}" 127.0.0.1/32 password\n${readFileSync(rules, 'utf8')}`);
  const settings = `-c listen_addresses=127.0.0.1 -p ${port} -k ${folder} -c fsync=off`;
  await run(join(bin, 'pg_ctl'), ['-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start'], as);
  const role = `create role "${APP_ROLE}" login password 'unset'; grant create on database postgres to "${APP_ROLE}"`;
  await run(join(bin, 'psql'), ['-h', folder, '-p', String(port), '-U', 'postgres', '-d', 'postgres', '-c', role], as);
  return {
    options: { host: '127.0.0.1', port, database: 'postgres', user: 'postgres' },
    stop: async () => {
      await run(join(bin, 'pg_ctl'), ['-D', data, '-m', 'fast', 'stop'], as);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// A migrated, empty database that all databases of tests start from, as a file and as a folder: to make one anew takes seconds of CPU.
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fromPglite, PgBoss } from 'pg-boss';
import { DEFAULT_SCHEMA, migrate } from '../../src/storage/db/migrate.ts';
import { MIGRATIONS } from '../../src/storage/db/migrations.ts';
import { BOSS_OPTIONS } from '../../src/storage/db/open.ts';
import { createPgliteDb, openPglite } from '../../src/storage/db/pglite.ts';

const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'dab-bot-tests');

/** Makes what is not there yet, before test files ask for it at the same time. */
export async function prepareBoth(): Promise<void> {
  await prepareDump();
  await prepareFolder();
}

/** The dump's file, for databases in memory. It holds our schema and pg-boss's. */
export async function prepareDump(): Promise<string> {
  const path = `${dumpName()}.tar`;
  if (!existsSync(path)) await makeDump(path);
  return path;
}

/** Makes a data folder (DAB_DATA_DIR) look as after a program's first start, so that its next one takes a moment. */
export async function fillDataFolder(dataDir: string): Promise<void> {
  cpSync(await prepareFolder(), join(dataDir, 'postgres'), { recursive: true });
}

async function prepareFolder(): Promise<string> {
  const folder = dumpName();
  if (!existsSync(folder)) await makeFolder(folder);
  return folder;
}

/** Says all that shapes the dump: the schemas, the libraries and this file. */
function dumpName(): string {
  const require = createRequire(import.meta.url);
  const versions = ['@electric-sql/pglite', 'pg-boss'].map((name) => {
    const entry = require.resolve(name);
    return readFileSync(join(entry.slice(0, entry.lastIndexOf(`${name}/`) + name.length), 'package.json'), 'utf8');
  });
  const key = createHash('sha256')
    .update(JSON.stringify([MIGRATIONS, DEFAULT_SCHEMA, versions, readFileSync(import.meta.filename, 'utf8')]))
    .digest('hex')
    .slice(0, 16);
  return join(CACHE, key);
}

async function makeDump(path: string): Promise<void> {
  const pglite = await openPglite({});
  const connection = createPgliteDb(pglite);
  await migrate(connection);
  const boss = new PgBoss({ ...BOSS_OPTIONS, db: fromPglite(connection.forBoss), backend: 'pglite', supervise: false });
  await boss.start();
  await boss.stop({ graceful: false });
  // Two thirds of the files: databases that nothing of ours is made from. Without them the dump is opened in three quarters of the time.
  await pglite.exec("update pg_database set datistemplate = false where datname like 'template%'");
  for (const template of ['template0', 'template1']) await pglite.exec(`drop database ${template}`);
  const bytes = await (await pglite.dumpDataDir('none')).bytes();
  await connection.close();
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, bytes);
  // Two runs may make it at the same time: whoever is last wins, with the same content.
  renameSync(draft, path);
}

async function makeFolder(path: string): Promise<void> {
  const dump = new Blob([new Uint8Array(readFileSync(await prepareDump()))]);
  const draft = `${path}.${randomUUID()}`;
  await (await openPglite({ dataDir: draft, dump })).close();
  try {
    renameSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
    // Another run was faster.
    rmSync(draft, { recursive: true, force: true });
  }
}

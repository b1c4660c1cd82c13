// `npm run build`: src becomes dist, with nothing but Node: production has no TypeScript. What is wrong with a type, `tsc` says in the tests.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';

/** What is for somebody's own machine, never for where it is deployed. */
const LEFT_OUT = /^(playground\/|bin\/keep-stripped)/;
const IMPORT_OF_OURS = /(\bfrom |\bimport |\bimport\()'(\.[^'\n]+)\.ts'/g;

const from = join(import.meta.dirname, 'src');
const to = join(import.meta.dirname, 'dist');

// A file that src has no longer must not be found in dist.
rmSync(to, { recursive: true, force: true });
for (const file of readdirSync(from, { recursive: true, withFileTypes: true })) {
  if (!file.isFile()) continue;
  const path = join(file.parentPath, file.name);
  const name = path.slice(from.length + 1);
  if (LEFT_OUT.test(name)) continue;
  mkdirSync(dirname(join(to, name)), { recursive: true });
  if (!name.endsWith('.ts')) cpSync(path, join(to, name));
  // Types become blanks, so that a line in a stack is the line in src.
  else {
    const code = stripTypeScriptTypes(readFileSync(path, 'utf8')).replace(IMPORT_OF_OURS, "$1'$2.js'");
    writeFileSync(join(to, name.replace(/\.ts$/, '.js')), code);
  }
}

// What an embedded database starts from, made by opening one: `src/storage/db/first-folder.ts` says why.
const { openQueuedDatabase } = await import('./dist/storage/db/open.js');
const { createLogger } = await import('./dist/values/log.js');
await (await openQueuedDatabase({ dataDir: join(to, 'storage', 'db', 'first') }, createLogger({ level: 'warn' }))).close();

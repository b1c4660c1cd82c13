// The project as production has it: built, without what only development needs, in a folder of its own.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { environment } from '../../src/config/environment.ts';

export const PROJECT = join(import.meta.dirname, '..', '..');
const { packages } = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8'));
/** Folders of the packages that a production installation has; another package's own ones lie within it. */
export const production = Object.keys(packages).filter(
  (path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && packages[path].dev !== true && existsSync(join(PROJECT, path)),
);

/** How Databricks Apps starts it. */
export const COMMAND: readonly string[] = parse(readFileSync(join(PROJECT, 'app.yaml'), 'utf8')).command;

/** A copy, so that no dist of the developer's is touched. */
export async function buildProject(): Promise<{ readonly project: string; remove(): void }> {
  const project = mkdtempSync(join(tmpdir(), 'dab-built-'));
  for (const path of ['src', 'package.json', 'build.js']) cpSync(join(PROJECT, path), join(project, path), { recursive: true });
  // As NODE_ENV=production installs them: without what only development needs, a Node of our own and TypeScript among it.
  for (const path of production) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    symlinkSync(join(PROJECT, path), join(project, path));
  }
  const path = `${dirname(process.execPath)}${delimiter}${environment.PATH}`;
  await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: project, env: { ...environment, PATH: path } });
  rmSync(join(project, 'src'), { recursive: true });
  return { project, remove: () => rmSync(project, { recursive: true, force: true }) };
}

// Reads definitions and sources from disk, and writes trees to it.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BundleFile, Grant, JobDefinition } from '../bundle/model/bundle.ts';
import { parseJob } from '../bundle/model/definition.ts';
import { pathProblem } from '../bundle/model/paths.ts';
import { directPermissionsIn } from '../databricks/api/permissions.ts';
import { UserError } from '../values/errors.ts';
import { isObject, parseJson } from '../values/json.ts';

/**
 * Reads a body of jobs/get, or every `*.json` of a folder (`several`), with grants from `../permissions/<same name>`; one that can't be read
 * does not keep the others from being converted. Throws UserError where there is none.
 */
export function readDefinitions(path: string) {
  const doing = `Reading ${path}`;
  if (!existsSync(path)) throw new UserError({ doing, problem: 'It does not exist.', next: 'Give a file or a folder of jobs/get bodies.' });
  const several = statSync(path).isDirectory();
  const files = several
    ? readdirSync(path)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => join(path, name))
    : [path];
  if (files.length === 0) throw new UserError({ doing, problem: 'It holds no .json file.', next: 'Give a folder of jobs/get bodies.' });
  const found: { name: string; definition: JobDefinition }[] = [];
  const refused: { name: string; problem: string }[] = [];
  for (const file of files) {
    const name = basename(file, '.json');
    try {
      const grants = grantsBeside(file);
      found.push({ name, definition: { ...parseJob(readFileSync(file, 'utf8')), grants } });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push({ name, problem: error.message });
    }
  }
  return { found, refused, several };
}

function grantsBeside(file: string): readonly Grant[] {
  const beside = join(dirname(file), '..', 'permissions', basename(file));
  if (!existsSync(beside)) return [];
  try {
    const body = parseJson(readFileSync(beside, 'utf8'));
    if (isObject(body)) return directPermissionsIn(body.access_control_list);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError({ doing: `Reading ${beside}`, problem: 'It is no answer of GET permissions.', next: 'Correct it, or take it away.' });
}

/** Every file below a folder by its path in a workspace (`DIR/Users/ana/x.py` is `/Users/ana/x.py`). */
export function readTree(folder: string): Map<string, Uint8Array> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(names.sort().map((name) => [`/${name.replaceAll('\\', '/')}`, readFileSync(join(folder, name))]));
}

/** Writes a tree into a folder that is empty or does not exist. Throws UserError otherwise: nothing of anybody's is overwritten. */
export function writeTree(out: string, files: readonly BundleFile[]): void {
  const doing = `Writing the bundle to ${out}`;
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0))
    throw new UserError({ doing, problem: 'The folder is not empty.', next: 'Choose another --out, or empty it.' });
  const odd = files.find(({ path }) => pathProblem(path) !== undefined);
  if (odd !== undefined)
    throw new UserError({ doing, problem: `${odd.path} is no path inside it.`, next: 'Report this: it must not happen.' });
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), bytes);
  }
}

// The allow-list for every tree, whoever wrote it: the CLI sends its token to whatever host YAML names (facts: bundles#what-is-refused).
import { isObject, type JsonObject } from '../../values/json.ts';
import type { BundleFile, Diagnostic } from '../model/bundle.ts';
import { pathProblem } from '../model/paths.ts';
import { clashKey } from '../model/safe-names.ts';
import { isConfiguration } from '../yaml/describe-tree.ts';
import { parseYaml } from '../yaml/parse.ts';
import { checkReferences } from './check-references.ts';
import { checkConfiguration } from './configuration.ts';
import { checkInclude } from './include.ts';

/** Files of one bundle; far above what jobs have, far below what would hurt. */
const MAX_FILES = 10_000;
/** All files together. */
const MAX_TREE_BYTES = 200 * 1024 * 1024;
/** One configuration file. */
const MAX_YAML_BYTES = 4 * 1024 * 1024;
/** More findings of a tree are not listed, the errors first; nobody would read them. */
const MAX_FINDINGS = 1000;

/** Other names under which the CLI looks for the root configuration (its bundle/config.FileNames). */
const OTHER_ROOTS = new Set(['databricks.yaml', 'bundle.yml', 'bundle.yaml']);
/** Run or imported by the CLI when they stand at the root (facts: cli#what-runs-code-or-reads-files). */
const RUN_AT_ROOT = new Set(['setup.py', 'databricks', 'databricks.py', '.venv']);

const error = (place: string, message: string): Diagnostic => ({ level: 'error', place, message });

function checkPaths(files: readonly BundleFile[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const spelled = new Map<string, string>();
  const paths = new Set<string>();
  /** Each with a file below it. */
  const folders = new Map<string, string>();
  for (const { path } of files) {
    const problem = pathProblem(path);
    if (problem !== undefined) {
      found.push(error(path, problem));
      continue;
    }
    const root = clashKey(path.split('/')[0] ?? '');
    if (RUN_AT_ROOT.has(root)) found.push(error(path, 'the CLI may run this file; nothing called so may stand at the root'));
    if (OTHER_ROOTS.has(root)) found.push(error(path, 'databricks.yml is the only root configuration'));
    if (paths.has(path)) found.push(error(path, 'the tree has this file twice'));
    paths.add(path);
    // Folders count too: `Etl/a` and `etl/b` meet where case does not matter, and one of them is lost.
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const part = path.slice(0, end);
      if (part !== path) folders.set(part, path);
      const key = clashKey(part);
      const known = spelled.get(key);
      // It was looked at before, and with it all that it lies in.
      if (known === part) break;
      if (known === undefined) spelled.set(key, part);
      else found.push(error(path, `clashes with ${known} where upper and lower case are the same`));
    }
  }
  for (const [folder, path] of folders) if (paths.has(folder)) found.push(error(path, `${folder} is a file and a folder at once`));
  return found;
}

function checkSize(files: readonly BundleFile[]): Diagnostic[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  return [
    ...(files.length > MAX_FILES ? [error('', `the tree has more than ${MAX_FILES} files`)] : []),
    ...(bytes > MAX_TREE_BYTES ? [error('', `the tree is larger than ${MAX_TREE_BYTES / 1024 / 1024} MB`)] : []),
  ];
}

/** Everything in a tree that must not reach the CLI; each `error` is a refusal, an empty list a pass. Never throws. */
export function checkBundle(files: readonly BundleFile[]): Diagnostic[] {
  const size = checkSize(files);
  if (size.length > 0) return size;
  const found = checkPaths(files);
  if (found.some(({ place }) => place === '')) return listed(found);
  const parts: { path: string; value: JsonObject }[] = [];
  for (const file of files.filter(({ path }) => isConfiguration(path))) {
    if (file.bytes.length > MAX_YAML_BYTES) {
      found.push(error(file.path, 'this configuration file is too large'));
      continue;
    }
    const result = parseYaml(file.bytes);
    if (!result.ok) found.push(...result.problems.slice(0, 10).map((one) => error(`${file.path}:${one.line}`, one.message)));
    else if (isObject(result.value)) parts.push({ path: file.path, value: result.value });
    else found.push(error(file.path, 'this configuration file is not a mapping'));
  }
  const root = parts.find(({ path }) => path === 'databricks.yml');
  if (root === undefined) return found.length > 0 ? listed(found) : [error('databricks.yml', 'the tree has no databricks.yml')];
  const tree = new Set(files.map(({ path }) => path));
  return listed([
    ...found,
    ...checkInclude(root.value.include, tree),
    ...parts.flatMap(({ path, value }) => checkConfiguration(path, value)),
    ...checkReferences(parts),
  ]);
}

function listed(found: readonly Diagnostic[]): Diagnostic[] {
  if (found.length <= MAX_FINDINGS) return [...found];
  const [errors, others] = [found.filter(({ level }) => level === 'error'), found.filter(({ level }) => level !== 'error')];
  return [...errors, ...others].slice(0, MAX_FINDINGS);
}

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

/** Other names under which the CLI looks for the root configuration (its bundle/config.FileNames). */
const OTHER_ROOTS = new Set(['databricks.yaml', 'bundle.yml', 'bundle.yaml']);
/** Run or imported by the CLI when they stand at the root (facts: cli#what-runs-code-or-reads-files). */
const RUN_AT_ROOT = new Set(['setup.py', 'databricks', 'databricks.py', '.venv']);

const error = (place: string, message: string): Diagnostic => ({ level: 'error', place, message });

function checkPaths(files: readonly BundleFile[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const spelled = new Map<string, string>();
  const paths = new Set<string>();
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
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const part = parts.slice(0, depth).join('/');
      const known = spelled.get(clashKey(part));
      if (known !== undefined && known !== part) found.push(error(path, `clashes with ${known} where upper and lower case are the same`));
      spelled.set(clashKey(part), known ?? part);
    }
  }
  for (const path of paths) {
    const parts = path.split('/');
    const file = parts
      .slice(1)
      .map((_, i) => parts.slice(0, i + 1).join('/'))
      .find((folder) => paths.has(folder));
    if (file !== undefined) found.push(error(path, `${file} is a file and a folder at once`));
  }
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
  const found = [...checkSize(files), ...checkPaths(files)];
  if (found.some(({ place }) => place === '')) return found;
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
  if (root === undefined) return found.length > 0 ? found : [error('databricks.yml', 'the tree has no databricks.yml')];
  const tree = new Set(files.map(({ path }) => path));
  found.push(...checkInclude(root.value.include, tree));
  for (const { path, value } of parts) found.push(...checkConfiguration(path, value));
  found.push(...checkReferences(parts));
  return found;
}

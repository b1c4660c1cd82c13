// Which workspace files a Python import loads.
import type { FolderEntry } from '../api/workspace-files.ts';

export interface PythonImport {
  readonly module: string;
  readonly level: number;
  readonly names: readonly string[];
}

/** The entries of a folder by name; undefined where it does not exist or may not be listed. */
export type ListFolder = (folder: string) => Promise<ReadonlyMap<string, FolderEntry> | undefined>;

/**
 * The files that an import loads; none where it is not among the workspace's files, but a library. A relative import starts from `folder`,
 * where the importing file is; any other takes the first of `roots` (sys.path) that has it.
 */
export async function filesOfImport(list: ListFolder, imported: PythonImport, folder: string, roots: readonly string[]): Promise<string[]> {
  const { module, level, names } = imported;
  const parts = module === '' ? [] : module.split('.');
  for (const base of level > 0 ? [ancestor(folder, level - 1)] : roots) {
    const found = await findModule(list, base, parts, names);
    if (found.length > 0) return found;
  }
  return [];
}

function ancestor(folder: string, levels: number): string {
  const parts = folder.split('/');
  return parts.slice(0, Math.max(1, parts.length - levels)).join('/') || '/';
}

/** In a folder Python prefers a package to a module, and both to a folder without `__init__.py` (PathFinder in its import system). */
async function findModule(list: ListFolder, base: string, parts: readonly string[], names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  let folder = base;
  for (const [i, part] of parts.entries()) {
    const entries = await list(folder);
    const file = entries?.get(`${part}.py`);
    const below = entries?.get(part);
    const init = isFolder(below) ? (await list(below.path))?.get('__init__.py') : undefined;
    if (init !== undefined) found.push(init.path);
    else if (file?.type === 'FILE') return [...found, file.path];
    if (!isFolder(below)) return i === 0 ? [] : found;
    folder = below.path;
  }
  // A package: the imported names may be modules in it.
  const entries = [...((await list(folder)) ?? [])];
  const all = names.includes('*') && parts.length > 0;
  const modules = entries.filter(
    ([name, { type }]) => type === 'FILE' && name.endsWith('.py') && (all || names.includes(name.slice(0, -3))),
  );
  const packages = entries.filter(([name, entry]) => isFolder(entry) && names.includes(name));
  const inits = await Promise.all(packages.map(async ([, { path }]) => (await list(path))?.get('__init__.py')));
  return [...new Set([...found, ...modules.map(([, { path }]) => path), ...inits.flatMap((init) => init?.path ?? [])])];
}

function isFolder(entry: FolderEntry | undefined): entry is FolderEntry {
  return entry?.type === 'DIRECTORY' || entry?.type === 'REPO';
}

/**
 * The root of the Git folder (`REPO` in a list) that a folder lies in, which is on sys.path of what runs there
 * (facts: databricks#notebooks-and-their-formats).
 */
export async function gitRootOf(list: ListFolder, folder: string): Promise<string | undefined> {
  const legacy = /^(?:\/Workspace)?\/Repos\/[^/]+\/[^/]+/.exec(folder)?.[0];
  if (legacy !== undefined) return legacy;
  const [home, ...below] = /^((?:\/Workspace)?\/(?:Users\/[^/]+|[^/]+))(?:\/(.*))?$/.exec(folder)?.slice(1) ?? [];
  let parent = home ?? '/';
  for (const name of (below[0] ?? '').split('/').filter((part) => part !== '')) {
    const entry = (await list(parent))?.get(name);
    if (entry === undefined) return undefined;
    if (entry.type === 'REPO') return entry.path;
    parent = entry.path;
  }
  return undefined;
}

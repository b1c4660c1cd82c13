// Where a Python import leads among workspace files: folders are listed once, and only what is in them counts.
import type { FolderEntry } from './files.ts';

/** A module's file, or several: packages on the way count. */
export interface ModuleFile {
  readonly path: string;
}

export interface PythonImport {
  readonly module: string;
  readonly level: number;
  readonly names: readonly string[];
}

export type ListOnce = (folder: string) => Promise<readonly FolderEntry[] | undefined>;

/**
 * The files that an import loads, looked for from `folder` (the importing file's) and then in `roots` (sys.path). Empty: it is not among
 * the workspace's files, so it is a library.
 */
export async function moduleFiles(list: ListOnce, imported: PythonImport, folder: string, roots: readonly string[]): Promise<string[]> {
  const { module, level, names } = imported;
  const parts = module === '' ? [] : module.split('.');
  const bases = level > 0 ? [up(folder, level - 1)] : [folder, ...roots];
  for (const base of bases) {
    const found = await walk(list, base, parts, names);
    if (found.length > 0) return found;
  }
  return [];
}

function up(folder: string, levels: number): string {
  return folder
    .split('/')
    .slice(0, Math.max(1, folder.split('/').length - levels))
    .join('/');
}

async function walk(list: ListOnce, base: string, parts: readonly string[], names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  let folder = base;
  for (const [i, part] of parts.entries()) {
    const entries = (await list(folder)) ?? [];
    const file = entries.find((entry) => entry.type === 'FILE' && entry.path === `${folder}/${part}.py`);
    const package_ = entries.find((entry) => isFolder(entry) && entry.path === `${folder}/${part}`);
    if (package_ !== undefined) {
      folder = package_.path;
      const init = ((await list(folder)) ?? []).find(({ path }) => path === `${folder}/__init__.py`);
      if (init !== undefined) found.push(init.path);
    } else if (file !== undefined) return [...found, file.path];
    else return i === 0 ? [] : found;
  }
  // A package: what is taken from it may be modules of it.
  const entries = (await list(folder)) ?? [];
  const wanted = new Set(names.map((name) => `${folder}/${name}.py`));
  const all = names.includes('*');
  const modules = entries.filter(
    ({ type, path }) => type === 'FILE' && path.endsWith('.py') && (all ? parts.length > 0 : wanted.has(path)),
  );
  const packages = entries.filter((entry) => isFolder(entry) && names.some((name) => entry.path === `${folder}/${name}`));
  const inits = await Promise.all(
    packages.map(async ({ path }) => ((await list(path)) ?? []).filter((entry) => entry.path === `${path}/__init__.py`)),
  );
  return [...new Set([...found, ...modules.map(({ path }) => path), ...inits.flat().map(({ path }) => path)])];
}

function isFolder(entry: FolderEntry): boolean {
  return entry.type === 'DIRECTORY' || entry.type === 'REPO';
}

// What one source needs: the dependencies in its text, as files and folders of the workspace.
import { posix } from 'node:path';
import type { Dependency } from '../../analysis/dependencies.ts';
import type { Diagnostic, Source, SourceReference } from '../../bundle/model/bundle.ts';
import { canonicalPath, isOutsideWorkspaceInCode } from '../../values/workspace-path.ts';
import { filesOfImport, gitRootOf, type ListFolder, type PythonImport } from './python-modules.ts';

/** The folders where Python looks for modules, in this order. */
type SearchPath = readonly string[];

/** Something to collect, and where it was named. */
export interface Wanted extends SourceReference {
  /** Where the source runs in the interpreter of another (a module, a `%run`): the search path of that one, which lacks its own folder. */
  readonly search?: SearchPath | undefined;
  /** What code reads when it runs; only a program leads to more. */
  readonly data?: boolean | undefined;
}

export interface OpenImport {
  readonly imported: PythonImport;
  readonly folder: string;
  readonly place: string;
  readonly search: SearchPath;
}

/** Folders that are looked into for a file whose folder is computed; our choice, as many as people's repositories have at their top. */
const MOST_FOLDERS = 40;
/** Folders at the top and people's homes: what lies in the folders there is other work. */
const HOLDS_OTHERS = /^(?:\/Workspace)?\/(?:(?:Users|Repos)\/)?[^/]+$/;

interface SourceNeeds {
  readonly wanted: readonly Wanted[];
  /** Imports that lead to no file: of libraries, or of modules in a folder that another source puts on sys.path. */
  readonly open: readonly OpenImport[];
  /** The folders that this source puts on sys.path. */
  readonly roots: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

async function isFolder(list: ListFolder, path: string): Promise<boolean> {
  const type = (await list(posix.dirname(path)))?.get(posix.basename(path))?.type;
  if (type !== undefined) return type === 'DIRECTORY' || type === 'REPO';
  // The folder above may not be listed. The list of a file is the file itself.
  const inside = await list(path);
  return inside !== undefined && inside.get(posix.basename(path))?.path !== path;
}

/** Whether a file lies there, each folder on the way listed. */
async function isFile(list: ListFolder, base: string, path: string): Promise<boolean> {
  let at = base;
  const [name = '', ...above] = path.split('/').reverse();
  for (const part of above.reverse()) {
    const below = part === '..' ? { path: posix.dirname(at), type: 'DIRECTORY' } : (await list(at))?.get(part);
    if (part === '.' || part === '') continue;
    if (below?.type !== 'DIRECTORY' && below?.type !== 'REPO') return false;
    at = below.path;
  }
  return at !== '/' && (await list(at))?.get(name)?.type === 'FILE';
}

/**
 * The files that code may mean by a path. What is computed stands for a folder: the first that has the file of those that the code runs in,
 * and the root of their Git folder; else any folder in these, as long as they are of one work.
 */
async function dataFiles(list: ListFolder, { path, joined }: { path: string; joined: boolean }, folders: readonly string[]) {
  const having = async (bases: readonly string[]) => {
    const has = await Promise.all(bases.map((base) => isFile(list, base, path)));
    return bases.filter((_, i) => has[i]).map((base) => posix.join(base, path));
  };
  const root = joined ? await gitRootOf(list, folders[0] ?? '') : undefined;
  const bases = [...new Set(root === undefined ? folders : [...folders, root])];
  const [first] = await having(bases);
  if (first !== undefined || !joined) return first === undefined ? [] : [first];
  const ofOneWork = bases.filter((base) => !HOLDS_OTHERS.test(base));
  const entries = (await Promise.all(ofOneWork.map(list))).flatMap((found) => [...(found?.values() ?? [])]);
  const below = entries.filter(({ type, path: folder }) => type === 'DIRECTORY' && !posix.basename(folder).startsWith('.'));
  return await having([...new Set(below.slice(0, MOST_FOLDERS).map((one) => one.path))]);
}

/** Resolves what a source names against its own folder. Of imports, only those count for which there is a file. */
export async function needsOf(
  source: Source,
  dependencies: readonly Dependency[],
  inherited: SearchPath | undefined,
  list: ListFolder,
): Promise<SourceNeeds> {
  const folder = posix.dirname(source.path);
  const within = (base: string, path: string) =>
    (path.startsWith('/') ? posix.normalize(path) : posix.join(base, path)).replace(/(?<=.)\/$/, '');
  const absolute = (path: string) => within(folder, path);
  const inside = (path: string) => !isOutsideWorkspaceInCode(path) && absolute(path) !== '/';
  const roots = dependencies.flatMap((one) => (one.kind === 'path' && inside(one.path) ? [absolute(one.path)] : []));
  const runs = dependencies.some(({ kind }) => kind === 'import' || kind === 'run');
  const gitRoot = inherited === undefined && runs ? await gitRootOf(list, folder) : undefined;
  const own = [folder, ...roots, ...(gitRoot === undefined ? [] : [gitRoot])];
  /** The search path of its modules and `%run`s. It lacks what they add themselves: else a module would be read again on each way to it. */
  const search = inherited ?? [...new Set(own)];
  // A module's own folder comes last: scripts put it on sys.path in ways that can't be seen in their text.
  const searched = inherited === undefined ? search : [...new Set([...inherited, ...own])];
  // Code runs in the folder of what was started (facts: databricks#notebooks-and-their-formats); `__file__` says a module's own.
  const folders = [...new Set([inherited?.[0] ?? folder, folder])];
  const diagnostics: Diagnostic[] = [];
  const open: OpenImport[] = [];

  async function whereItRuns(path: string): Promise<string> {
    const all = folders.map((base) => within(base, path));
    const has =
      all.length === 1 ? [] : await Promise.all(all.map(async (one) => (await list(posix.dirname(one)))?.has(posix.basename(one))));
    return all[Math.max(0, has.indexOf(true))] ?? absolute(path);
  }

  async function resolve(dependency: Dependency): Promise<Wanted[]> {
    const place = `${canonicalPath(source.path)}:${dependency.line}`;
    if (dependency.kind === 'import') {
      const found = await filesOfImport(list, dependency, folder, searched);
      if (found.length === 0 && dependency.level === 0) open.push({ imported: dependency, folder, place, search });
      return found.map((path) => ({ path, kind: 'file', place, search }));
    }
    if (dependency.kind === 'data') {
      const paths = await dataFiles(list, dependency, folders);
      return paths.map((path) => ({ path, kind: 'file', place, search, data: true }));
    }
    if (dependency.kind === 'path' || !inside(dependency.path)) return [];
    if (dependency.path.startsWith('/'))
      diagnostics.push({
        level: 'warning',
        place,
        message: `names ${dependency.path} by its whole path: the bundle holds a copy of it, but this line goes on using the original`,
      });
    const path = dependency.kind === 'file' ? await whereItRuns(dependency.path) : absolute(dependency.path);
    if (dependency.kind !== 'file') return [{ path, kind: 'notebook', place, ...(dependency.kind === 'run' ? { search } : {}) }];
    // A requirement may be a folder.
    return [{ path, kind: (await isFolder(list, path)) ? 'folder' : 'file', place }];
  }

  const wanted = (await Promise.all(dependencies.map(resolve))).flat();
  return { wanted: wanted.filter(({ path }) => path !== source.path), open, roots, diagnostics };
}

// What one source leads to: the dependencies that its text names, as files and folders of the workspace.
import { posix } from 'node:path';
import type { Dependency } from '../../analysis/dependencies.ts';
import type { Diagnostic, Source } from '../../bundle/model/bundle.ts';
import { canonicalPath, isOutsideWorkspaceInCode } from '../../values/workspace-path.ts';
import { filesOfImport, gitRootOf, type ListFolder, type PythonImport } from './python-modules.ts';

/** Where Python looks for modules, in this order. */
export type SearchPath = readonly string[];

/** Something to collect, and where it was named. */
export interface Wanted {
  readonly path: string;
  readonly kind: 'notebook' | 'file' | 'folder';
  readonly place: string;
  /** Of what runs in another one's interpreter (a module, a `%run`): that one's search path. Its own folder is none of it in Python. */
  readonly search?: SearchPath | undefined;
}

export interface OpenImport {
  readonly imported: PythonImport;
  readonly folder: string;
  readonly place: string;
  readonly search: SearchPath;
}

export interface Needs {
  readonly wanted: readonly Wanted[];
  /** Imports that lead to no file: libraries, or modules of a folder that only another source puts on the path. */
  readonly open: readonly OpenImport[];
  /** Folders that it puts on sys.path. */
  readonly roots: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

async function isFolder(list: ListFolder, path: string): Promise<boolean> {
  const type = (await list(posix.dirname(path)))?.get(posix.basename(path))?.type;
  if (type !== undefined) return type === 'DIRECTORY' || type === 'REPO';
  // The folder above may be closed. Listing a file answers the file itself.
  const inside = await list(path);
  return inside !== undefined && inside.get(posix.basename(path))?.path !== path;
}

/** Resolves what a source names against its own folder; imports only where such a file is there. */
export async function needsOf(
  source: Source,
  dependencies: readonly Dependency[],
  inherited: SearchPath | undefined,
  list: ListFolder,
): Promise<Needs> {
  const folder = posix.dirname(source.path);
  const absolute = (path: string) => (path.startsWith('/') ? posix.normalize(path) : posix.join(folder, path)).replace(/(?<=.)\/$/, '');
  const inside = (path: string) => !isOutsideWorkspaceInCode(path) && absolute(path) !== '/';
  const roots = dependencies.flatMap((one) => (one.kind === 'path' && inside(one.path) ? [absolute(one.path)] : []));
  const runs = dependencies.some(({ kind }) => kind === 'import' || kind === 'run');
  const gitRoot = inherited === undefined && runs ? await gitRootOf(list, folder) : undefined;
  const own = [folder, ...roots, ...(gitRoot === undefined ? [] : [gitRoot])];
  /** What its modules and `%run`s get; what they add themselves is not handed on, or each way to a module would have a path of its own. */
  const search = inherited ?? [...new Set(own)];
  // A module's own folder is asked last: scripts put it on the path in ways that no reader of text sees.
  const searched = inherited === undefined ? search : [...new Set([...inherited, ...own])];
  const diagnostics: Diagnostic[] = [];
  const open: OpenImport[] = [];

  async function resolve(dependency: Dependency): Promise<Wanted[]> {
    const place = `${canonicalPath(source.path)}:${dependency.line}`;
    if (dependency.kind === 'import') {
      const found = await filesOfImport(list, dependency, folder, searched);
      if (found.length === 0 && dependency.level === 0) open.push({ imported: dependency, folder, place, search });
      return found.map((path) => ({ path, kind: 'file', place, search }));
    }
    if (dependency.kind === 'path' || !inside(dependency.path)) return [];
    if (dependency.path.startsWith('/'))
      diagnostics.push({
        level: 'warning',
        place,
        message: `names ${dependency.path} by its whole path: the bundle holds a copy of it, but this line goes on using the original`,
      });
    const path = absolute(dependency.path);
    if (dependency.kind !== 'file') return [{ path, kind: 'notebook', place, ...(dependency.kind === 'run' && { search }) }];
    // pip takes folders too.
    return [{ path, kind: (await isFolder(list, path)) ? 'folder' : 'file', place }];
  }

  const wanted = (await Promise.all(dependencies.map(resolve))).flat();
  return { wanted: wanted.filter(({ path }) => path !== source.path), open, roots, diagnostics };
}

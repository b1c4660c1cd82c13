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
}

export interface OpenImport {
  readonly imported: PythonImport;
  readonly folder: string;
  readonly place: string;
  readonly search: SearchPath;
}

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

/** Resolves what a source names against its own folder. Of imports, only those count for which there is a file. */
export async function needsOf(
  source: Source,
  dependencies: readonly Dependency[],
  inherited: SearchPath | undefined,
  list: ListFolder,
): Promise<SourceNeeds> {
  const folder = posix.dirname(source.path);
  const absolute = (path: string) => (path.startsWith('/') ? posix.normalize(path) : posix.join(folder, path)).replace(/(?<=.)\/$/, '');
  const inside = (path: string) => !isOutsideWorkspaceInCode(path) && absolute(path) !== '/';
  const roots = dependencies.flatMap((one) => (one.kind === 'path' && inside(one.path) ? [absolute(one.path)] : []));
  const runs = dependencies.some(({ kind }) => kind === 'import' || kind === 'run');
  const gitRoot = inherited === undefined && runs ? await gitRootOf(list, folder) : undefined;
  const own = [folder, ...roots, ...(gitRoot === undefined ? [] : [gitRoot])];
  /** The search path of its modules and `%run`s. It lacks what they add themselves: else a module would be read again on each way to it. */
  const search = inherited ?? [...new Set(own)];
  // A module's own folder comes last: scripts put it on sys.path in ways that can't be seen in their text.
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
    if (dependency.kind !== 'file') return [{ path, kind: 'notebook', place, ...(dependency.kind === 'run' ? { search } : {}) }];
    // A requirement may be a folder.
    return [{ path, kind: (await isFolder(list, path)) ? 'folder' : 'file', place }];
  }

  const wanted = (await Promise.all(dependencies.map(resolve))).flat();
  return { wanted: wanted.filter(({ path }) => path !== source.path), open, roots, diagnostics };
}

// What one source leads to: the dependencies that its text names, as files of the workspace.
import { posix } from 'node:path';
import type { Dependency } from '../analysis/dependencies.ts';
import type { Diagnostic, Source } from '../bundle/bundle.ts';
import { type ListOnce, moduleFiles } from './modules.ts';

export interface Needs {
  readonly files: readonly { readonly path: string; readonly kind: Source['kind']; readonly place: string }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Storage that is no workspace file. */
const ELSEWHERE = /^(\/Volumes\/|\/dbfs\/|[a-z0-9+]+:)/i;

/** Resolves what a source names against its own folder; imports only where such a file is there. */
export async function needsOf(source: Source, dependencies: readonly Dependency[], list: ListOnce): Promise<Needs> {
  const folder = posix.dirname(source.path);
  const absolute = (path: string) => (path.startsWith('/') ? posix.normalize(path) : posix.join(folder, path));
  const roots = [
    ...dependencies.flatMap((one) => (one.kind === 'path' ? [absolute(one.path)] : [])),
    // A Git folder's root is on sys.path of what lies in it.
    ...(/^(?:\/Workspace)?\/Repos\/[^/]+\/[^/]+/.exec(source.path) ?? []).slice(0, 1),
  ];
  const diagnostics: Diagnostic[] = [];
  const files = await Promise.all(
    dependencies.map(async (dependency): Promise<Needs['files'][number][]> => {
      const place = `${source.path}:${dependency.line}`;
      if (dependency.kind === 'import') {
        const found = await moduleFiles(list, dependency, folder, roots);
        return found.map((path) => ({ path, kind: 'file', place }));
      }
      if (dependency.kind === 'path' || ELSEWHERE.test(dependency.path)) return [];
      if (dependency.path.startsWith('/'))
        diagnostics.push({
          level: 'warning',
          place,
          message: `names ${dependency.path} by its whole path: the bundle holds a copy of it, but this line goes on using the original`,
        });
      const path = absolute(dependency.path);
      return [{ path, kind: dependency.kind === 'file' ? 'file' : 'notebook', place }];
    }),
  );
  return { files: files.flat().filter(({ path }) => path !== source.path && path.startsWith('/')), diagnostics };
}

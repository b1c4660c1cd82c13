// Whether a resolved path points to the bundle's own copy of the file or folder that the definition named.
import type { JsonObject } from '../../values/json.ts';
import { canonicalFolder } from '../../values/workspace-path.ts';
import type { Bundle, SourceReference } from '../model/bundle.ts';
import { remotePath } from '../model/notebooks.ts';
import { filesRoot } from './resolved-target.ts';

/** Checks paths of one bundle against what it knows of where each of its files came from. */
export function createSourceCheck(bundle: Pick<Bundle, 'files' | 'sources'>, resolved: JsonObject) {
  const root = filesRoot(resolved);
  /** Where each file of the tree lies once it is deployed. */
  const remote = new Map(bundle.files.map((file) => [file.path, remotePath(file)]));
  const kept = bundle.sources.flatMap(({ path, file }) => {
    const at = remote.get(file);
    return at === undefined ? [] : [{ path, at }];
  });
  const there = new Set(remote.values());

  /** What is wrong with a definition's path `was` being `is` in the target; undefined where nothing is. */
  function problem(was: string, is: string, kind: SourceReference['kind']): string | undefined {
    const source = canonicalFolder(was);
    if (canonicalFolder(is) === source) return undefined;
    if (root === undefined || !is.startsWith(`${root}/`)) return 'points to another file of the workspace';
    const path = is.slice(root.length + 1).replace(/\/+$/, '');
    const own = kept.filter((one) => one.path === source);
    if (kind === 'folder' && own.length === 0) return folderProblem(source, path);
    if (own.some(({ at }) => at === path)) return undefined;
    return there.has(path) ? 'points to a file that stands for another source' : 'points to a file that the bundle does not have';
  }

  /** Everything that was below the folder must lie below the other one, in the same places. */
  function folderProblem(source: string, path: string): string | undefined {
    const inside = kept.filter((one) => one.path.startsWith(`${source}/`));
    if (inside.length === 0) return 'points to a folder of which the bundle has no file';
    const moved = inside.find((one) => one.at !== `${path}${one.path.slice(source.length)}`);
    return moved === undefined ? undefined : `points to a folder in which ${moved.path} is called otherwise (${moved.at})`;
  }
  return { problem };
}

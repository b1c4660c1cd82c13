// Names for the files of a tree: no two files or folders are called alike, on any file system or in the workspace.
import { sha256 } from '../model/bundle.ts';
import { byteLength, clashKey, freeName, MAX_PATH_BYTES, safeComponent } from '../model/safe-names.ts';

/** Where sources go. */
export const SOURCE_FOLDER = 'src';

/** Gives out names so that no file or folder, on disk or in the workspace, is called like another one. */
export function createFileNames() {
  const taken = new Set<string>();
  const folders = new Map<string, string>();
  const isTaken = (path: string) => taken.has(clashKey(path));
  const folder = (parts: readonly string[]): string => {
    if (parts.length === 0) return SOURCE_FOLDER;
    const original = parts.join('/');
    const known = folders.get(original);
    if (known !== undefined) return known;
    const parent = folder(parts.slice(0, -1));
    const name = freeName(safeComponent(parts.at(-1) ?? '', 8), (candidate) => isTaken(`${parent}/${candidate}`));
    const path = `${parent}/${name}`;
    taken.add(clashKey(path));
    folders.set(original, path);
    return path;
  };
  const file = (parts: readonly string[], suffix: string): { path: string; remote: string } => {
    const name = parts.at(-1) ?? '';
    const long = byteLength(parts.join('/')) + SOURCE_FOLDER.length + 20 > MAX_PATH_BYTES;
    const parent = long ? `${SOURCE_FOLDER}/_${sha256(parts.slice(0, -1).join('/')).slice(0, 12)}` : folder(parts.slice(0, -1));
    const dot = suffix === '' ? name.lastIndexOf('.') : -1;
    const [stem, end] = dot > 0 ? [name.slice(0, dot), safeComponent(name.slice(dot), 200)] : [name, suffix];
    const safe = safeComponent(stem, end.length + 8);
    const free = freeName(
      safe,
      (candidate) => isTaken(`${parent}/${candidate}${end}`) || (suffix !== '' && isTaken(`${parent}/${candidate}`)),
    );
    const path = `${parent}/${free}${end}`;
    const remote = suffix === '' ? path : `${parent}/${free}`;
    taken.add(clashKey(path)).add(clashKey(remote));
    return { path, remote };
  };
  return { folder, file };
}

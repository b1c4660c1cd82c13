// Whether a resolved path points to the bundle's own copy of the source that the definition named.
import type { Bundle } from './bundle.ts';
import { canonicalPath } from './definition.ts';
import { isObject, type JsonObject } from './json.ts';
import { clashKey, safeComponent } from './names.ts';

const NOTEBOOK = /\.(py|sql|scala|r|ipynb)$/i;

/** The name without the ends that telling files apart or shortening adds. */
function stem(name: string): string {
  return clashKey(name)
    .replace(NOTEBOOK, '')
    .replace(/_([0-9]+|[0-9a-f]{8})$/, '');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Checks the places of one bundle: every source has one file, every file one source, the file is there and has the source's name. */
export function createSourceCheck(bundle: Bundle, resolved: JsonObject) {
  const workspace = isObject(resolved.workspace) ? resolved.workspace : {};
  const root = typeof workspace.file_path === 'string' ? workspace.file_path : undefined;
  const files = new Set(bundle.files.flatMap(({ path }) => (NOTEBOOK.test(path) ? [path, path.replace(NOTEBOOK, '')] : [path])));
  const fileOf = new Map<string, string>();
  const sourceOf = new Map<string, string>();
  const once = (map: Map<string, string>, key: string, value: string) => {
    const known = map.get(key) ?? value;
    map.set(key, known);
    return known === value;
  };

  /** What is wrong with a definition's path `was` being `is` in the target; undefined where nothing is. */
  function problem(was: string, is: string, kind: 'notebook' | 'file' | 'folder'): string | undefined {
    const source = canonicalPath(was);
    // A path may name a notebook at one place and a file at another.
    const one = `${kind}:${source}`;
    if (canonicalPath(is) === source) return undefined;
    if (root === undefined || !is.startsWith(`${root}/`)) return 'points to another file of the workspace';
    const path = is.slice(root.length + 1);
    if (!files.has(path)) return 'points to a file that the bundle does not have';
    const name = baseName(source);
    const expected = [stem(name), stem(safeComponent(name))];
    const shortened = clashKey(safeComponent(name, 0)).slice(0, 40);
    if (!expected.includes(stem(baseName(path))) && !clashKey(baseName(path)).startsWith(shortened))
      return 'points to a file of another name';
    if (!once(fileOf, one, path)) return 'points to another file than elsewhere in the job';
    if (!once(sourceOf, path, one)) return 'points to a file that stands for another source';
    return undefined;
  }
  return { problem };
}

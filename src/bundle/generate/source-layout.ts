// Where each source of a job goes in the bundle: the folders below the common prefix stay, and no two files ever meet.
import { canonicalPath, sourceKey } from '../../values/workspace-path.ts';
import type { BundleFile, Diagnostic, Source } from '../model/bundle.ts';
import { firstLine, isNotebookFile, NOTEBOOK_EXTENSION, NOTEBOOK_HEADER } from '../model/notebooks.ts';
import { byteLength, MAX_PATH_BYTES } from '../model/safe-names.ts';
import { createFileNames, SOURCE_FOLDER } from './file-names.ts';

/** A source's file in the tree. */
interface Placement {
  readonly source: Source;
  readonly file: BundleFile;
  /** The file's name in the workspace, relative to the bundle's files: notebooks lose their extension there. */
  readonly remote: string;
}

export interface Layout {
  /** By `sourceKey`. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** Where the files below a workspace folder went; undefined where none did. */
  folder(path: string): string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the CLI expects at the end of a notebook's name; empty for files, whose name has its own. */
export function extension(source: Source): string {
  if (source.kind === 'file') return '';
  return source.format === 'JUPYTER' ? '.ipynb' : NOTEBOOK_EXTENSION[source.language ?? 'PYTHON'];
}

/** A notebook's bytes; the header by which the CLI knows a notebook is added where an export lacks it. */
export function contentOf(source: Source): Uint8Array {
  const header = NOTEBOOK_HEADER[source.language ?? 'PYTHON'];
  if (source.kind === 'file' || source.format === 'JUPYTER' || firstLine(source.bytes) === header) return source.bytes;
  return Buffer.concat([Buffer.from(`${header}\n`), source.bytes]);
}

/** The number of folders that all paths share. */
function commonFolders(paths: readonly (readonly string[])[]): number {
  const first = paths[0];
  if (first === undefined) return 0;
  let shared = first.length - 1;
  for (const path of paths) {
    let same = 0;
    while (same < shared && same < path.length - 1 && path[same] === first[same]) same++;
    shared = same;
  }
  return shared;
}

function componentsOf(path: string): string[] {
  return canonicalPath(path)
    .split('/')
    .filter((part) => part !== '');
}

const NOTEBOOK_INSIDE = 'is a file that begins like a notebook, and the CLI uploads it as a notebook';

/**
 * Lays sources out under `src/`, the folders below their common one kept, so that relative imports and `%run ./x` go on working. The same
 * sources in any order give the same layout. A name that had to change is a warning, because imports go by name.
 * @param referenced `sourceKey`s of what the definition itself names: such a file must stay a file
 * @param folders folders that the definition names
 */
export function layoutSources(sources: readonly Source[], referenced: ReadonlySet<string>, folders: readonly string[] = []): Layout {
  const unique = new Map(sources.map((source) => [sourceKey(source), source]));
  const sorted = [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const diagnostics: Diagnostic[] = [];
  const usable = sorted.filter(([key, source]) => {
    if (source.kind !== 'file' || !isNotebookFile(source)) return true;
    const left = referenced.has(key);
    const message = left ? `${NOTEBOOK_INSIDE}, so the job keeps pointing to the original` : `${NOTEBOOK_INSIDE}; imports of it may break`;
    diagnostics.push({ level: 'warning', place: source.path, message });
    return !left;
  });
  const split = usable.map(([, source]) => componentsOf(source.path));
  const shared = commonFolders([...split, ...folders.map((path) => [...componentsOf(path), ''])]);
  const names = createFileNames();
  // Folders first: a file must not take the name of a folder that another file needs.
  const used = new Set<string>();
  for (const parts of split) {
    if (byteLength(parts.join('/')) >= MAX_PATH_BYTES - 40) continue;
    names.folder(parts.slice(shared, -1));
    for (let depth = parts.length - 1; depth >= shared; depth--) used.add(parts.slice(0, depth).join('/'));
  }
  const placements = new Map<string, Placement>();
  usable.forEach(([key, source], i) => {
    const parts = (split[i] ?? []).slice(shared);
    const suffix = extension(source);
    const { path, remote } = names.file(parts, suffix);
    const bytes = contentOf(source);
    placements.set(key, { source, file: { path, bytes }, remote });
    const wanted = `${SOURCE_FOLDER}/${parts.join('/')}${suffix}`;
    if (path !== wanted) {
      diagnostics.push({
        level: 'warning',
        place: source.path,
        message: `is called ${path} in the bundle, because ${wanted} can't be used there; %run and imports that go by the old name must be changed`,
      });
    }
    if (bytes !== source.bytes)
      diagnostics.push({ level: 'note', place: path, message: "got the notebook header that the workspace's export lacked" });
  });
  const folder = (path: string): string | undefined => {
    const parts = componentsOf(path);
    return used.has(parts.join('/')) ? names.folder(parts.slice(shared)) : undefined;
  };
  return { placements, folder, diagnostics };
}

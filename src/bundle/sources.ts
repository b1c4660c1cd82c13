// Where each source of a job goes in the bundle: the folders below the common prefix stay, and no two files ever meet.
import type { BundleFile, Diagnostic, NotebookLanguage, Source } from './bundle.ts';
import { sha256 } from './bundle.ts';
import { canonicalPath } from './definition.ts';
import { byteLength, clashKey, freeName, MAX_PATH_BYTES, safeComponent } from './names.ts';

const FOLDER = 'src';
const EXTENSION: Readonly<Record<NotebookLanguage, string>> = { PYTHON: '.py', SQL: '.sql', SCALA: '.scala', R: '.r' };
const HEADER: Readonly<Record<NotebookLanguage, string>> = {
  PYTHON: '# Databricks notebook source',
  SQL: '-- Databricks notebook source',
  SCALA: '// Databricks notebook source',
  R: '# Databricks notebook source',
};
const HEADERS = new Set(Object.values(HEADER));

/** A source's file in the tree. */
export interface Placement {
  readonly source: Source;
  readonly file: BundleFile;
  /** The file's name in the workspace, relative to the bundle's files: notebooks lose their extension there. */
  readonly remote: string;
}

export interface Layout {
  /** By `sourceKey`. */
  readonly placements: ReadonlyMap<string, Placement>;
  readonly diagnostics: readonly Diagnostic[];
}

/** One key for all spellings of a source. */
export function sourceKey(source: { readonly path: string; readonly kind: 'notebook' | 'file' | 'folder' }): string {
  return `${source.kind}:${canonicalPath(source.path)}`;
}

function firstLine(bytes: Uint8Array): string {
  // The CLI looks at 32 bytes to tell notebooks from files (its libs/notebook).
  return new TextDecoder().decode(bytes.subarray(0, 32)).split(/\r?\n/)[0] ?? '';
}

/** Whether the CLI would take this workspace file for a notebook and upload it as one. */
function looksLikeNotebook(source: Source): boolean {
  if (/\.ipynb$/i.test(source.path)) return true;
  return /\.(py|sql|scala|r)$/i.test(source.path) && HEADERS.has(firstLine(source.bytes));
}

function extension(source: Source): string {
  if (source.kind === 'file') return '';
  return source.format === 'JUPYTER' ? '.ipynb' : EXTENSION[source.language ?? 'PYTHON'];
}

/** A notebook's bytes; the header by which the CLI knows a notebook is added where an export lacks it. */
function contentOf(source: Source): Uint8Array {
  const header = HEADER[source.language ?? 'PYTHON'];
  if (source.kind === 'file' || source.format === 'JUPYTER' || firstLine(source.bytes) === header) return source.bytes;
  return Buffer.concat([Buffer.from(`${header}\n`), source.bytes]);
}

/** The folders that all paths share, as components. */
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

/** Gives out names so that no file or folder, on disk or in the workspace, is called like another one. */
function createNames() {
  const taken = new Set<string>();
  const folders = new Map<string, string>();
  const isTaken = (path: string) => taken.has(clashKey(path));
  const folder = (parts: readonly string[]): string => {
    if (parts.length === 0) return FOLDER;
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
    const long = byteLength(parts.join('/')) + FOLDER.length + 20 > MAX_PATH_BYTES;
    const parent = long ? `${FOLDER}/_${sha256(parts.slice(0, -1).join('/')).slice(0, 12)}` : folder(parts.slice(0, -1));
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

/**
 * Lays sources out under `src/`. The same sources in any order give the same layout. A name that had to change is a warning,
 * because `%run` and imports go by name.
 */
export function layoutSources(sources: readonly Source[]): Layout {
  const unique = new Map(sources.map((source) => [sourceKey(source), source]));
  const sorted = [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const diagnostics: Diagnostic[] = [];
  const usable = sorted.filter(([, source]) => {
    const odd = source.kind === 'file' && looksLikeNotebook(source);
    if (odd)
      diagnostics.push({
        level: 'warning',
        place: source.path,
        message: 'is a file that begins like a notebook; the CLI would upload it as a notebook, so the job keeps pointing to the original',
      });
    return !odd;
  });
  const split = usable.map(([, source]) =>
    canonicalPath(source.path)
      .split('/')
      .filter((part) => part !== ''),
  );
  const shared = commonFolders(split);
  const names = createNames();
  // Folders first: a file must not take the name of a folder that another file needs.
  for (const parts of split) if (byteLength(parts.join('/')) < MAX_PATH_BYTES - 40) names.folder(parts.slice(shared, -1));
  const placements = new Map<string, Placement>();
  usable.forEach(([key, source], i) => {
    const parts = (split[i] ?? []).slice(shared);
    const suffix = extension(source);
    const { path, remote } = names.file(parts, suffix);
    const bytes = contentOf(source);
    placements.set(key, { source, file: { path, bytes }, remote });
    const wanted = `${FOLDER}/${parts.join('/')}${suffix}`;
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
  return { placements, diagnostics };
}

// What becomes of a bundle's sources when they are read from the workspace again: which files are new, which replace others, which stay.
import { canonicalFolder, canonicalPath, parentFolder } from '../../values/workspace-path.ts';
import { SOURCE_FOLDER } from '../generate/file-names.ts';
import { contentOf, extension } from '../generate/source-layout.ts';
import { type Bundle, type BundleFile, type BundleSource, type Source, sha256 } from '../model/bundle.ts';
import { remotePath, sameBytes } from '../model/notebooks.ts';
import { clashKey, safeComponent } from '../model/safe-names.ts';

interface SyncRequest {
  readonly sources: readonly Source[];
  /** The workspace folder they lie in, where one was given. */
  readonly folder?: string | undefined;
  /** Where files go that the bundle does not have yet, such as `src/lib`; left out: beside those it has from the same folder. */
  readonly into?: string | undefined;
  /** Whether the workspace's file replaces one that was edited here, even where it has not changed itself. */
  readonly force: boolean;
}

/** By `path` in the workspace and `file` in the tree. */
interface Pair {
  readonly path: string;
  readonly file: string;
}

export interface SyncResult {
  readonly changes: readonly BundleFile[];
  /** All sources of the bundle afterwards. */
  readonly sources: readonly BundleSource[];
  readonly added: readonly Pair[];
  readonly replaced: readonly Pair[];
  /** Replaced, although they had been edited in the bundle. */
  readonly overwritten: readonly Pair[];
  readonly unchanged: readonly Pair[];
  /** Edited in the bundle, and not changed in the workspace since. */
  readonly kept: readonly Pair[];
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

/** Decides for every source; changes nothing itself. Files go below `src/` only. */
export function syncSources(bundle: Pick<Bundle, 'files' | 'sources'>, request: SyncRequest): SyncResult {
  const tree = new Map(bundle.files.map((file) => [file.path, file]));
  const remote = new Map(bundle.files.map((file) => [clashKey(remotePath(file)), file.path]));
  const known = new Map(bundle.sources.map((source) => [source.path, source]));
  const roots = rootsOf(bundle.sources);
  const made = { changes: [] as BundleFile[], added: [] as Pair[], replaced: [] as Pair[], overwritten: [] as Pair[] };
  const still = { unchanged: [] as Pair[], kept: [] as Pair[], left: [] as { path: string; why: string }[] };

  for (const source of request.sources) {
    const path = canonicalPath(source.path);
    const before = known.get(path);
    const file = before?.file ?? placeOf(path, extension(source), roots, request);
    const bytes = contentOf(source);
    const current = tree.get(file);
    const why = before === undefined ? problemOf(file, current, bytes, remote) : otherForm(source, before.file);
    if (why !== undefined) {
      still.left.push({ path, why });
      continue;
    }
    const pair = { path, file };
    const now = sha256(source.bytes);
    const edited = before !== undefined && current !== undefined && !sameBytes(current.bytes, before.sha256);
    if (current !== undefined && sha256(current.bytes) === sha256(bytes)) still.unchanged.push(pair);
    else if (edited && before.sha256 === now && !request.force) {
      still.kept.push(pair);
      continue;
    } else {
      made.changes.push({ path: file, bytes });
      (current === undefined ? made.added : edited ? made.overwritten : made.replaced).push(pair);
    }
    tree.set(file, { path: file, bytes });
    remote.set(clashKey(remotePath({ path: file, bytes })), file);
    known.set(path, { path, file, sha256: now });
  }
  return { ...made, ...still, sources: [...known.values()] };
}

/** Why a notebook or file that the bundle has can't take its old place: the YAML names it with its ending. */
function otherForm(source: Source, file: string): string | undefined {
  const endOf = (path: string) => /\.[^./]*$/.exec(path)?.[0] ?? '';
  const ending = source.kind === 'notebook' ? extension(source) : endOf(source.path);
  if (endOf(file).toLowerCase() === ending.toLowerCase()) return undefined;
  const what = `${source.kind}${ending === '' ? '' : ` (${ending})`}`;
  return `it is a ${what} in the workspace now and ${file} in the bundle; generate the bundle again`;
}

/** Why a file that the bundle does not know can't be put there. */
function problemOf(
  file: string,
  current: BundleFile | undefined,
  bytes: Uint8Array,
  remote: ReadonlyMap<string, string>,
): string | undefined {
  if (file.split('/').some((part) => safeComponent(part) !== part)) return 'its name can’t be used in a bundle';
  if (current !== undefined)
    return sha256(current.bytes) === sha256(bytes) ? undefined : `the bundle has ${file} already, and not from this path`;
  const other = remote.get(clashKey(remotePath({ path: file, bytes })));
  return other === undefined ? undefined : `${file} and ${other} would be one file in the workspace`;
}

/** The folders that the known sources were laid out from, and to: `/Users/ana/etl` and `src`, the most usual first. */
function rootsOf(sources: readonly BundleSource[]): { from: string; to: string }[] {
  const counts = new Map<string, { from: string; to: string; count: number }>();
  for (const { path, file } of sources) {
    const [there, here] = [path.split('/'), file.split('/')];
    // The last part differs by its ending; the folders above it are the same as far as the layout goes.
    there.pop();
    here.pop();
    while (here.length > 1 && there.length > 1 && here.at(-1) === there.at(-1)) {
      there.pop();
      here.pop();
    }
    const key = `${there.join('/')}\n${here.join('/')}`;
    counts.set(key, { from: there.join('/'), to: here.join('/'), count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.from < b.from ? -1 : 1));
}

function placeOf(path: string, ending: string, roots: readonly { from: string; to: string }[], { folder, into }: SyncRequest): string {
  const root = into === undefined ? roots.find(({ from }) => path.startsWith(`${from}/`)) : undefined;
  const given = folder === undefined ? parentFolder(path) : canonicalFolder(folder);
  const { from, to } = root ?? { from: given, to: into?.replace(/\/+$/, '') ?? SOURCE_FOLDER };
  return `${to}/${path.slice(from.length + 1)}${ending}`;
}

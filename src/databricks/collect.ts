// Collects the closure of a definition: the files it names, and all that these run, import and install, each once.
import { dependenciesOf } from '../analysis/dependencies.ts';
import type { Diagnostic, Source, SourceReference } from '../bundle/bundle.ts';
import { UpstreamError, UserError } from '../errors.ts';
import type { FolderEntry, Workspace } from './client.ts';
import { needsOf } from './closure.ts';
import { listTree } from './folders.ts';
import { LIMITS } from './limits.ts';
import { createSlots } from './pace.ts';

/** What collecting needs of a workspace; a folder on disk can stand in for one. */
export type SourceReader = Pick<Workspace, 'exportSource' | 'listFolder'>;

export interface CollectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Files read, and files known of so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

interface Wanted {
  readonly path: string;
  readonly kind: 'notebook' | 'file';
  readonly place: string;
}

/**
 * Exports every file that the references name, every file below the folders among them, and whatever these lead to (`%run`, imports,
 * requirements). What does not exist, may not be read or is too large becomes a warning. The same workspace gives the same answer in the
 * same order. Rejects when the sign-in or the workspace itself fails, or when aborted.
 */
export async function collectSources(
  reader: SourceReader,
  references: readonly SourceReference[],
  { signal, onProgress }: CollectOptions = {},
): Promise<{ sources: Source[]; diagnostics: Diagnostic[] }> {
  const slot = createSlots(LIMITS.atOnce);
  const sources = new Map<string, Source>();
  const seen = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const folders = new Map<string, Promise<readonly FolderEntry[] | undefined>>();
  const named = new Set(references.map(({ kind, path }) => `${kind}:${canonical(path)}`)).size;
  let done = 0;
  let bytes = 0;
  let full = false;

  /** A folder that may not be listed holds nothing that we could read. */
  const list = (folder: string): Promise<readonly FolderEntry[] | undefined> => {
    const key = canonical(folder);
    const known = folders.get(key);
    if (known !== undefined) return known;
    if (folders.size >= LIMITS.folders) return Promise.resolve(undefined);
    const listing = slot(() => reader.listFolder(folder, signal)).catch((error: unknown) => {
      if (error instanceof UserError && isOfThisFile(error)) return undefined;
      throw error;
    });
    folders.set(key, listing);
    return listing;
  };

  async function want(wanted: Wanted, depth: number): Promise<void> {
    const key = `${wanted.kind}:${canonical(wanted.path)}`;
    if (seen.has(key) || full) return;
    if (seen.size >= LIMITS.sources || bytes > LIMITS.sourcesBytes || depth > LIMITS.depth) {
      full = true;
      diagnostics.push({ level: 'error', place: wanted.place, message: tooMuch(depth) });
      return;
    }
    seen.add(key);
    const source = await slot(() => read(reader, wanted, signal));
    onProgress?.(++done, Math.max(named, seen.size));
    if ('level' in source) {
      diagnostics.push(source);
      return;
    }
    // What was named a file and is a notebook, or named twice in two spellings, is one source.
    const own = `${source.kind}:${canonical(source.path)}`;
    if (own !== key && seen.has(own)) return;
    seen.add(own);
    bytes += source.bytes.byteLength;
    sources.set(own, source);
    const needs = await needsOf(source, await dependenciesOf(source), list);
    diagnostics.push(...needs.diagnostics);
    await Promise.all(needs.files.map((file) => want(file, depth + 1)));
  }

  async function wantFolder({ path, place }: SourceReference): Promise<void> {
    const tree = await listTree(list, path);
    diagnostics.push(...tree.diagnostics);
    if (tree.files === undefined) {
      diagnostics.push({
        level: 'warning',
        place,
        message: `The folder ${path} does not exist or may not be read; the bundle keeps the path as it is.`,
      });
      return;
    }
    await Promise.all(tree.files.map((file) => want({ ...file, place: file.path }, 0)));
  }

  onProgress?.(0, named);
  await Promise.all(
    references.map((reference) => (reference.kind === 'folder' ? wantFolder(reference) : want({ ...reference, kind: reference.kind }, 0))),
  );
  return {
    sources: [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source),
    diagnostics: diagnostics.sort((a, b) => (`${a.place} ${a.message}` < `${b.place} ${b.message}` ? -1 : 1)),
  };
}

/** `/Users/x` and `/Workspace/Users/x` are the same file. */
function canonical(path: string): string {
  return path.replace(/^\/Workspace(?=\/)/, '').replace(/\/+/g, '/');
}

function tooMuch(depth: number): string {
  if (depth > LIMITS.depth) return `leads more than ${LIMITS.depth} files deep; what lies deeper was not read`;
  return `is one of more than ${LIMITS.sources} files, or ${LIMITS.sourcesBytes / 1024 / 1024} MB of them; the rest was not read`;
}

async function read(reader: SourceReader, { path, kind, place }: Wanted, signal: AbortSignal | undefined): Promise<Source | Diagnostic> {
  try {
    const source = await reader.exportSource(path, kind, signal);
    return (
      source ?? {
        level: 'warning',
        place,
        message: `The ${kind} ${path} does not exist in the workspace; the bundle keeps the path as it is.`,
      }
    );
  } catch (error) {
    // One file that can't be read must not stop the rest; a sign-in that ended or a workspace that is down must.
    if (!(error instanceof UserError) || !isOfThisFile(error)) throw error;
    return { level: 'warning', place, message: `${error.words.doing}: ${error.words.problem} The bundle keeps the path as it is.` };
  }
}

function isOfThisFile(error: UserError): boolean {
  const { cause } = error;
  if (cause === undefined) return true;
  const status = cause instanceof UpstreamError ? cause.failure.status : undefined;
  return status !== undefined && status >= 400 && status < 500 && status !== 401 && status !== 429;
}

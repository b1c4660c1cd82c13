// Collects the closure of a definition: the files it names, and all that these run, import and install, each once.
import type { Dependency } from '../../analysis/dependencies.ts';
import type { Diagnostic, Source, SourceReference } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import { sourceKey } from '../../values/workspace-path.ts';
import { apart } from '../../worker/apart.ts';
import { LIMITS } from '../http/limits.ts';
import { needsOf, type OpenImport, type Wanted } from './needs-of-source.ts';
import { filesOfImport } from './python-modules.ts';
import { createBoundedReader, type ReadOptions, type SourceReader } from './reader.ts';
import { listTree } from './tree.ts';

/** A source that was read, or what is said of one that was not (its `place` is set at the end). */
type Found = { readonly source: Source; readonly dependencies: readonly Dependency[] } | Diagnostic;

/**
 * Exports every file that the references name, every file below the folders among them, and whatever these lead to (`%run`, imports,
 * requirements). What does not exist, may not be read or is too large becomes a warning; what is beyond a limit is left out with an error.
 * The same workspace gives the same answer in the same order. Rejects when the sign-in or the workspace itself fails, or when aborted; then
 * no more requests are made.
 */
export async function collectSources(
  workspace: SourceReader,
  references: readonly SourceReference[],
  { signal, onProgress }: ReadOptions = {},
): Promise<{ sources: Source[]; diagnostics: Diagnostic[] }> {
  const { read, list, stop } = createBoundedReader(workspace, signal);
  const reads = new Map<string, Promise<Found>>();
  const visits = new Set<string>();
  /** How each thing is named in the answer: as the definition names it, else as the first source does that names it. */
  const names = new Map<string, Pick<Wanted, 'path' | 'place' | 'data'>>();
  const diagnostics: Diagnostic[] = [];
  const named = new Set(references.map(sourceKey));
  const roots = new Set<string>();
  let open: OpenImport[] = [];
  let done = 0;
  let bytes = 0;
  let full = false;

  function isTooMuch(place: string, depth: number): boolean {
    const deep = depth > LIMITS.depth;
    const many = reads.size >= LIMITS.sources || bytes > LIMITS.sourcesBytes || visits.size >= LIMITS.visits;
    if (!full && (deep || many)) diagnostics.push({ level: 'error', place, message: deep ? TOO_DEEP : TOO_MANY });
    full ||= deep || many;
    return full;
  }

  function readOnce(key: string, path: string, kind: Source['kind']): Promise<Found> {
    const known = reads.get(key);
    if (known !== undefined) return known;
    const work = read(path, kind).then(async (source): Promise<Found> => {
      onProgress?.(++done, Math.max(named.size, reads.size));
      if (source === undefined || source instanceof UserError) return unreadWarning(path, kind, source);
      bytes += source.bytes.byteLength;
      return { source, dependencies: await apart.dependenciesOf(source) };
    });
    reads.set(key, work);
    return work;
  }

  async function want(wanted: Wanted, depth: number): Promise<void> {
    const { path, kind, place, search, data = false } = wanted;
    const key = sourceKey(wanted);
    const before = names.get(key);
    if (before === undefined || (!named.has(key) && `${place} ${path}` < `${before.place} ${before.path}`)) names.set(key, wanted);
    const visit = `${key}\n${data ? 'data' : ''}\n${search?.join(':') ?? ''}`;
    if (visits.has(visit) || isTooMuch(place, depth)) return;
    visits.add(visit);
    if (kind === 'folder') {
      await wantFolder(wanted, depth);
      return;
    }
    const found = await readOnce(key, path, kind);
    // Lines of a text that is no list for pip name nothing.
    if ('level' in found || (data && !path.endsWith('.py'))) return;
    const needs = await needsOf(found.source, found.dependencies, search, list);
    diagnostics.push(...needs.diagnostics);
    open.push(...needs.open);
    for (const root of needs.roots) roots.add(root);
    await Promise.all(needs.wanted.map((one) => want(one, depth + 1)));
  }

  async function wantFolder({ path, place }: Wanted, depth: number): Promise<void> {
    const tree = await listTree(list, path);
    diagnostics.push(...tree.diagnostics);
    if (tree.files === undefined) diagnostics.push({ level: 'warning', place, message: noFolder(path) });
    await Promise.all((tree.files ?? []).map((file) => want({ ...file, place: file.path }, depth)));
  }

  /** Tries again the imports that led nowhere, in the folders that any source puts on sys.path: often one `%run` does that for all. */
  async function wantOpen(): Promise<void> {
    const [tried, known] = [open, [...roots].sort()];
    open = [];
    await Promise.all(
      tried.map(async (one) => {
        const found = await filesOfImport(list, one.imported, one.folder, known);
        if (found.length === 0) open.push(one);
        await Promise.all(found.map((path) => want({ path, kind: 'file', place: one.place, search: one.search }, 1)));
      }),
    );
  }

  try {
    onProgress?.(0, named.size);
    await Promise.all(references.map((reference) => want(reference, 0)));
    for (let before = -1; before < roots.size + reads.size; ) {
      before = roots.size + reads.size;
      await wantOpen();
    }
  } catch (error) {
    stop(error);
    throw error;
  }

  const sources = new Map<string, Source>();
  for (const [key, work] of reads) {
    const found = await work;
    const name = names.get(key) ?? { path: '', place: '' };
    if ('level' in found)
      diagnostics.push({ ...found, message: `${found.message} ${name.data === true ? NO_COPY : KEPT}`, place: name.place });
    // A notebook that was named as a file may have been named as a notebook too; then it is left to that name.
    else if (!reads.has(sourceKey(found.source)) || sourceKey(found.source) === key)
      sources.set(sourceKey(found.source), { ...found.source, path: name.path });
  }
  return {
    sources: [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source),
    diagnostics: sortedOnce(diagnostics),
  };
}

function unreadWarning(path: string, kind: Source['kind'], error: UserError | undefined): Diagnostic {
  const problem =
    error === undefined ? `The ${kind} ${path} does not exist in the workspace.` : `${error.words.doing}: ${error.words.problem}`;
  return { level: 'warning', place: '', message: problem };
}

const KEPT = 'The bundle keeps the path as it is.';
const NO_COPY = 'The code names it; the bundle has no copy.';

const TOO_DEEP = `leads more than ${LIMITS.depth} files deep; what lies deeper was not read`;
const TOO_MANY = `is one of more than ${LIMITS.sources} files, or ${LIMITS.sourcesBytes / 1024 / 1024} MB of them; the rest was not read`;

function noFolder(path: string): string {
  return `The folder ${path} does not exist or may not be read; the bundle keeps the path as it is.`;
}

/** Sorted by place; what was found on several ways is said once. */
function sortedOnce(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byText = new Map(diagnostics.map((one) => [`${one.place} ${one.message}`, one]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

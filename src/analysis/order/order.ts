// Proposes in which order the notebooks of a folder should run: by what they read and write, whom they run, and how they are called.
import { baseName, canonicalPath, normalizePath, parentFolder } from '../../values/workspace-path.ts';
import type { Analysis } from '../analyze.ts';
import { LIMITS } from '../source/limits.ts';
import { flowsBetween } from './by-data.ts';
import { nameOrder } from './by-name.ts';

/** A task to be: one notebook, what has to run before it, and why. */
export interface OrderedTask {
  readonly path: string;
  /** Paths of tasks directly before it, sorted; those before these are not repeated. */
  readonly after: readonly string[];
  /** In words for people. */
  readonly why: string;
  /** Its widgets and those of what it takes in by `%run`. */
  readonly parameters: readonly { readonly name: string; readonly default: string | undefined }[];
}

interface ProposedOrder {
  /** Each behind everything it waits for. */
  readonly tasks: readonly OrderedTask[];
  /** What is no task of its own, and why. */
  readonly others: readonly { readonly path: string; readonly why: string }[];
}

interface Node {
  readonly analysis: Analysis;
  /** The notebook and everything it takes in by `%run` or starts. */
  readonly parts: readonly Analysis[];
}

/** The order for the sources of one folder, from their analyses; the same for any order they are given in. */
export function orderSources(analyses: readonly Analysis[]): ProposedOrder {
  const sorted = [...analyses].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const byPath = new Map(sorted.map((one) => [keyOf(one.path), one]));
  const users = usersOf(sorted, byPath);
  const others: { path: string; why: string }[] = [];
  const hasNotebooks = sorted.some((one) => one.isNotebook);
  const nodes: Node[] = [];
  for (const analysis of sorted) {
    const why = whyNoTask(analysis, users.get(analysis.path), hasNotebooks, nodes.length);
    if (why === undefined) nodes.push({ analysis, parts: partsOf(analysis, byPath, 'all') });
    else others.push({ path: analysis.path, why });
  }
  const graph = createGraph(nodes.length);
  for (const { from, to, why } of edgesOf(nodes)) graph.add(from, to, why);
  const tasks = graph.sorted().map((index) => taskOf(index, nodes, graph, byPath));
  return { tasks, others };
}

function whyNoTask(
  analysis: Analysis,
  user: { path: string; how: string } | undefined,
  hasNotebooks: boolean,
  count: number,
): string | undefined {
  if (user !== undefined) return `${baseName(user.path)} ${user.how} it`;
  if (analysis.language === undefined) return 'it is no code';
  if (!analysis.isNotebook && (hasNotebooks || analysis.language === 'SCALA' || analysis.language === 'R'))
    return 'it is a file beside the notebooks';
  if (
    analysis.kind === 'utility' &&
    /(?:^|[^a-z])(?:utils?|helpers?|common|config|functions?|lib|tests?|conftest|__init__)(?:[^a-z]|$)/i.test(baseName(analysis.path))
  )
    return `by its name a helper: ${analysis.reasons.join(', ')}`;
  return count >= LIMITS.ordered ? `more than ${LIMITS.ordered} are not put in order` : undefined;
}

/** Who takes a source in, by its path. */
function usersOf(analyses: readonly Analysis[], byPath: ReadonlyMap<string, Analysis>): Map<string, { path: string; how: string }> {
  const users = new Map<string, { path: string; how: string }>();
  const words = { run: 'takes in (%run)', notebook: 'runs', import: 'imports', file: 'uses', path: 'uses' };
  for (const analysis of analyses) {
    for (const dependency of analysis.dependencies) {
      // Code may name a program in a sentence.
      if (dependency.kind === 'data') continue;
      for (const target of targetsOf(analysis, dependency, byPath)) {
        // Two that run each other would both be gone: the first one stays.
        if (target === analysis || users.get(analysis.path)?.path === target.path) continue;
        if (!users.has(target.path)) users.set(target.path, { path: analysis.path, how: words[dependency.kind] });
      }
    }
  }
  return users;
}

function targetsOf(from: Analysis, dependency: Analysis['dependencies'][number], byPath: ReadonlyMap<string, Analysis>): Analysis[] {
  const folder = parentFolder(from.path);
  const wanted =
    dependency.kind === 'import'
      ? [dependency.module, ...dependency.names.map((name) => (dependency.module === '' ? name : `${dependency.module}.${name}`))].map(
          (module) => `${folder}/${'../'.repeat(Math.max(dependency.level - 1, 0))}${module.replaceAll('.', '/')}`,
        )
      : [dependency.path.startsWith('/') ? dependency.path : `${folder}/${dependency.path}`];
  return wanted.map((path) => byPath.get(keyOf(path))).filter((one) => one !== undefined);
}

/** A notebook with what it takes in: its `%run` targets run as a part of it, and share its widgets. */
function partsOf(start: Analysis, byPath: ReadonlyMap<string, Analysis>, which: 'run' | 'all'): Analysis[] {
  const parts = new Set([start]);
  for (const part of parts) {
    for (const dependency of part.dependencies) {
      if (dependency.kind === 'run' || (dependency.kind === 'notebook' && which === 'all')) {
        for (const target of targetsOf(part, dependency, byPath)) parts.add(target);
      }
    }
  }
  return [...parts];
}

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

/** All reasons for an order, the strongest first: data, then names. */
function edgesOf(nodes: readonly Node[]): Edge[] {
  const byData: Edge[] = [];
  const byName: Edge[] = [];
  const flows = flowsBetween(
    nodes.map(({ parts }) => ({
      reads: parts.flatMap(({ tables, paths }) => [...tables.read, ...paths.read]),
      writes: parts.flatMap(({ tables, paths }) => [...tables.written, ...paths.written]),
    })),
  );
  const nameOf = (index: number) => baseName(nodes[index]?.analysis.path ?? '');
  for (const { from, to, what } of flows) byData.push({ from, to, why: `reads ${what}, which ${nameOf(from)} writes` });
  for (const [to, target] of nodes.entries()) {
    const tasks = new Set(target.parts.flatMap(({ taskValues }) => taskValues.read.map((one) => one.split('/')[0] ?? '')));
    for (const [from, source] of nodes.entries()) {
      if (from === to) continue;
      if (tasks.has(keyOf(nameOf(from)))) byData.push({ from, to, why: `reads a task value of ${nameOf(from)}` });
      const why = nameOrder(keyOf(source.analysis.path), keyOf(target.analysis.path));
      if (why !== undefined) byName.push({ from, to, why });
    }
  }
  // Neighbours first, so that what follows from them is not said again.
  return [...byData, ...byName.sort((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from) || a.from - b.from)];
}

function createGraph(size: number) {
  const reaches = Array.from({ length: size }, () => new Uint8Array(size));
  const edges: Edge[] = [];
  const before = (a: number, b: number) => reaches[a]?.[b] === 1;
  return {
    /** An edge that says nothing new, or would close a circle with stronger ones, is left out. */
    add(from: number, to: number, why: string): void {
      if (before(from, to) || before(to, from)) return;
      edges.push({ from, to, why });
      for (let a = 0; a < size; a++) {
        if (a !== from && !before(a, from)) continue;
        for (let b = 0; b < size; b++) if (b === to || before(to, b)) (reaches[a] ?? [])[b] = 1;
      }
    },
    /** The edges into one, without those that follow from others. */
    into(to: number): Edge[] {
      const all = edges.filter((edge) => edge.to === to);
      return all.filter((edge) => !all.some((other) => before(edge.from, other.from)));
    },
    /** Each behind all that reach it; among equals by their number. */
    sorted(): number[] {
      const order: number[] = [];
      const open = new Set(Array.from({ length: size }, (_, index) => index));
      while (open.size > 0) {
        const next = [...open].find((index) => ![...open].some((other) => before(other, index))) ?? 0;
        order.push(next);
        open.delete(next);
      }
      return order;
    },
  };
}

function taskOf(
  index: number,
  nodes: readonly Node[],
  graph: ReturnType<typeof createGraph>,
  byPath: ReadonlyMap<string, Analysis>,
): OrderedTask {
  const analysis = nodes[index]?.analysis;
  const path = analysis?.path ?? '';
  const edges = graph.into(index);
  const parameters = new Map<string, string | undefined>();
  for (const part of analysis === undefined ? [] : partsOf(analysis, byPath, 'run')) {
    for (const widget of part.widgets) parameters.set(widget.name, parameters.get(widget.name) ?? widget.default);
  }
  return {
    path,
    after: edges.map(({ from }) => nodes[from]?.analysis.path ?? '').sort(),
    why: edges.length === 0 ? 'nothing of this folder has to run before it' : [...new Set(edges.map(({ why }) => why))].sort().join('; '),
    parameters: [...parameters].map(([name, value]) => ({ name, default: value })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** One key for the spellings of a path: without `/Workspace`, `.` and `..`, and a code file's extension. */
function keyOf(path: string): string {
  return canonicalPath(normalizePath(path)).replace(/\.(?:py|sql|scala|r|ipynb)$/i, '');
}

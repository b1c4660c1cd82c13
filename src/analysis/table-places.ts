// Where the tables, volumes and models that a source names are: the same whatever its parameters say, or found by them.
import type { Analysis } from './analyze.ts';
import { asHole, type NamedTable } from './source/facts.ts';

/** Whether what is in the table may be another afterwards. */
export function isChange({ use }: NamedTable): boolean {
  return use === 'written' || use === 'maintained';
}

/** The names in the computed parts of a catalog and schema, without what holds them: `{args.schema}` is `schema`. */
export function placeParameters({ parts }: NamedTable): string[] {
  const holes = parts.slice(0, -1).flatMap((part) => [...part.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name));
  return holes.map((name) => name.split('.').at(-1) ?? name);
}

/** What a parser of arguments takes by its order is called by that: `{args.table}` is `{#1}`. */
export function withCounted(part: string, { positionals }: Pick<Analysis, 'positionals'>): string {
  if (positionals.length === 0) return part;
  return part.replace(/\{([^{}]*)\}/g, (hole, name: string) => {
    const place = positionals.indexOf(name.replace(/^.*\./, '').toLowerCase());
    return place < 0 ? hole : `{#${place + 1}}`;
  });
}

/** What it changes by a name in which catalog or schema are written down, at each place. A pipeline's bare names are where its settings say. */
export function hardCodedChanges({ named }: Pick<Analysis, 'named'>): NamedTable[] {
  return named.filter((table) => isChange(table) && table.parts.length > 1 && placeParameters(table).length === 0 && !isLive(table));
}

function isLive({ parts }: NamedTable): boolean {
  return parts.length === 2 && parts[0]?.toLowerCase() === 'live';
}

/** The volume that a path lies in: its catalog, schema and name; undefined of a path elsewhere. */
export function volumeOf(path: string): string[] | undefined {
  return /^(?:dbfs:)?\/Volumes\/([^/]+)\/([^/]+)\/([^/]+)/.exec(path)?.slice(1);
}

/** The volumes that it reads files in. */
export function volumesRead({ paths }: Pick<Analysis, 'paths'>): string[][] {
  return paths.read.map((path) => volumeOf(asHole(path))).filter((parts) => parts !== undefined);
}

/** The models that it registers in schemas; others are in the registry of the workspace. */
function modelsIn({ logged }: Pick<Analysis, 'logged'>): string[][] {
  const names = logged.flatMap(({ kind, name }) => (kind === 'model' ? [name] : []));
  return names.map((name) => name.match(/(?:\{[^{}]*\}|[^.])+/g) ?? []).filter((parts) => parts.length === 3);
}

/** All that it reads and changes in schemas, volumes and models too, by their parts: each once, however often it is named. */
export function namedInSchemas(analysis: Pick<Analysis, 'named' | 'paths' | 'changedPaths' | 'logged' | 'positionals'>) {
  const volumesChanged = analysis.changedPaths.map(({ path }) => volumeOf(path)).filter((parts) => parts !== undefined);
  const all = [
    ...analysis.named.map((table) => ({ changes: isChange(table), parts: table.parts })),
    ...volumesRead(analysis).map((parts) => ({ changes: false, parts })),
    ...[...volumesChanged, ...modelsIn(analysis)].map((parts) => ({ changes: true, parts })),
  ].map(({ changes, parts }) => ({ changes, parts: parts.map((part) => withCounted(part, analysis)) }));
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

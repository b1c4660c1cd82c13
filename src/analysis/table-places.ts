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

/** What a parser of arguments gives is called as those who run the program may give it: `{args.schema}` is `{out_schema|-o}`, `{args.table}` `{table|#1}`. */
function asGiven(given: Analysis['arguments']): (part: string) => string {
  const byName = new Map(
    given.map(({ name, givenAs }) => [name, [...(/^(?!argv\d)\w/.test(givenAs[0] ?? '') ? [] : [name]), ...givenAs].join('|')]),
  );
  return (part) =>
    part.replace(/\{([^{}]*)\}/g, (hole, name: string) => {
      const names = byName.get(name.replace(/^.*\./, '').toLowerCase());
      return names === undefined ? hole : `{${names}}`;
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

/** The models that it registers or looks up in schemas; others are in the registry of the workspace. */
function modelsIn({ logged }: Pick<Analysis, 'logged'>) {
  const models = logged.filter(({ kind }) => kind === 'model');
  return models
    .map(({ use, name }) => ({ changes: use === 'written', parts: name.match(/(?:\{[^{}]*\}|[^.])+/g) ?? [] }))
    .filter(({ parts }) => parts.length === 3);
}

/** The experiments that it logs to, in the words of `namedInSchemas`. */
export function experimentsNamed({ logged, arguments: given }: Pick<Analysis, 'logged' | 'arguments'>): string[] {
  return logged.filter(({ kind }) => kind === 'experiment').map(({ name }) => asGiven(given)(name));
}

/** All that it reads and changes in schemas, volumes and models too, by their parts: each once, however often it is named. */
export function namedInSchemas(analysis: Pick<Analysis, 'named' | 'paths' | 'changedPaths' | 'logged' | 'arguments'>) {
  const given = asGiven(analysis.arguments);
  const changed = new Set([...analysis.paths.written.map(asHole), ...analysis.changedPaths.map(({ path }) => path)]);
  const volumesChanged = [...changed].map(volumeOf).filter((parts) => parts !== undefined);
  const all = [
    ...analysis.named.map((table) => ({ changes: isChange(table), parts: table.parts })),
    ...volumesRead(analysis).map((parts) => ({ changes: false, parts })),
    ...volumesChanged.map((parts) => ({ changes: true, parts })),
    ...modelsIn(analysis),
  ].map(({ changes, parts }) => ({ changes, parts: parts.map(given) }));
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

// What is gathered about one source while its cells are read; sets, because the same table is named many times.
import { LIMITS } from './limits.ts';

export interface Widget {
  readonly name: string;
  /** `read`: only its value is asked for; it is created elsewhere, or comes as a parameter. */
  readonly kind: 'text' | 'dropdown' | 'combobox' | 'multiselect' | 'read';
  readonly default?: string | undefined;
  readonly choices?: readonly string[] | undefined;
}

/** What a source does that tells its kind. */
type Sign =
  | 'streams'
  | 'pipeline'
  | 'trains'
  | 'reads files'
  | 'reads a database'
  | 'calls an API'
  | 'defines functions'
  | 'runs notebooks';

export type Facts = ReturnType<typeof createFacts>;

/** `refreshed`: what is in it stays as it is (ANALYZE, REFRESH). */
export type TableUse = 'read' | 'written' | 'maintained' | 'refreshed';

/** A table at a place where a source names it. */
export interface NamedTable {
  readonly use: TableUse;
  /** Catalog, schema and name, as far as they are said there or by a USE before; what is computed stands as `{name}` or `{…}`. */
  readonly parts: readonly string[];
  /** Of the source, from 1. */
  readonly line: number;
}

/** A path in storage at a place where a source changes what lies there; what is computed stands as `{name}` or `{…}`. */
export interface ChangedPath {
  readonly path: string;
  /** Of the source, from 1. */
  readonly line: number;
}

/** An experiment of MLflow, or a model in its registry, at a place where a source adds to it or looks; what is computed stands as `{name}` or `{…}`. */
export interface LoggedTo {
  readonly kind: 'experiment' | 'model';
  readonly use: 'read' | 'written';
  readonly name: string;
  /** Of the source, from 1. */
  readonly line: number;
}

/** What the command line or a parser of arguments gives to the code. */
export interface ProgramArgument {
  /** In small letters. */
  readonly name: string;
  /** Where nobody gives it. */
  readonly default?: string | undefined;
  /** How those who run the program give it: `out_schema` by `--out-schema`, `-o` by that, `#1` by the first word without an option, `argv1` by the first word. */
  readonly givenAs: readonly string[];
}

export function createFacts() {
  return {
    widgets: new Map<string, Widget>(),
    read: new Set<string>(),
    written: new Set<string>(),
    /** Tables that are changed without new rows: OPTIMIZE, VACUUM, ALTER, DROP and the like. */
    maintained: new Set<string>(),
    /** Temporary views, in small letters: reading one is no table. */
    temporary: new Set<string>(),
    catalogs: new Set<string>(),
    schemas: new Set<string>(),
    /** Those that it makes: `catalog.schema`, or as much of it as is said. */
    made: new Set<string>(),
    pathsRead: new Set<string>(),
    pathsWritten: new Set<string>(),
    installed: new Set<string>(),
    imported: new Set<string>(),
    /** What it asks secret scopes for, as `scope/key`. */
    secretReferences: new Set<string>(),
    sparkConf: new Set<string>(),
    /** `task/key`. */
    taskValuesRead: new Set<string>(),
    taskValuesSet: new Set<string>(),
    /** Names that are words of its command line: `argv1` by the name of what is set to `sys.argv[1]`. */
    words: new Map<string, string>(),
    /** What its parsers of arguments give, by its name in small letters. */
    arguments: new Map<string, Omit<ProgramArgument, 'name'>>(),
    /** How many of them are told by their order; not a number behind one that may take several words. */
    counted: 0,
    /** Parsers of arguments: of several nobody knows which one a word is for. */
    parsers: 0,
    signs: new Set<Sign>(),
    exits: false,
    named: new Map<string, NamedTable>(),
    changedPaths: new Map<string, ChangedPath>(),
    logged: new Map<string, LoggedTo>(),
    /** Calls that were read once more for what is handed to the function around them. */
    readFollowing: 0,
    /** What a USE has said so far. */
    current: { catalog: undefined as string | undefined, schema: undefined as string | undefined },
    /** The line of the source in which what is read now names something. */
    lineOf: (_word: string): number => 1,
  };
}

/** A widget, as the first place that creates it says. */
export function addWidget(facts: Facts, widget: Widget): void {
  const known = facts.widgets.get(widget.name);
  if (known === undefined || (known.kind === 'read' && widget.kind !== 'read')) facts.widgets.set(widget.name, widget);
}

/** Schemas that stand for a format, so that the name behind them is a path. */
const FORMATS = new Set(['delta', 'parquet', 'json', 'csv', 'text', 'avro', 'orc', 'binaryfile', 'iceberg']);

/** A table by its parts, or the path where it is one, as in ``delta.`/Volumes/a/b/c` ``. */
export function addTable(facts: Facts, parts: readonly string[], use: TableUse): void {
  const [schema, name] = parts;
  if (parts.length === 2 && name !== undefined && FORMATS.has(schema?.toLowerCase() ?? '') && /[/:]/.test(name)) {
    if (use === 'refreshed') facts.pathsWritten.add(name);
    else addPath(facts, name, use === 'read' ? 'read' : 'written');
    if (use === 'read') facts.signs.add('reads files');
    return;
  }
  if (parts.length === 0 || parts.some((part) => part === '')) return;
  if (parts[0]?.toLowerCase() === 'live') facts.signs.add('pipeline');
  facts[use === 'refreshed' ? 'maintained' : use].add(parts.join('.'));
  addNamed(facts, parts, use);
  if (parts.length === 3) facts.catalogs.add(parts[0] ?? '');
  if (parts.length >= 2) facts.schemas.add(parts.slice(0, -1).join('.'));
}

/** A schema that is made where it is not there yet, by its parts. */
export function addMadeSchema(facts: Facts, parts: readonly string[]): void {
  if (parts.length === 0 || parts.includes('')) return;
  facts.schemas.add(parts.join('.'));
  const { catalog } = facts.current;
  facts.made.add((parts.length === 1 && catalog !== undefined ? [catalog, ...parts] : parts).map(asHole).join('.'));
}

/** A table by its written name; a part in backticks may hold dots. */
export function addTableName(facts: Facts, name: string, use: TableUse): void {
  const parts = name.trim().match(/`[^`]*`|(?:\{[^{}]*\}|[^.`\s{}])+/g) ?? [];
  if (parts.length <= 3 && !/[\s/]/.test(name.trim().replace(/`[^`]*`|\{[^{}]*\}/g, ''))) {
    addTable(
      facts,
      parts.map((part) => part.replace(/`/g, '')),
      use,
    );
  }
}

function addNamed(facts: Facts, said: readonly string[], use: TableUse): void {
  const { catalog, schema } = facts.current;
  const before = said.length === 1 ? [catalog, schema] : said.length === 2 ? [catalog] : [];
  // Without a schema a catalog in front says nothing of where a bare name is.
  const known = before.includes(undefined) && said.length === 1 ? [schema] : before;
  const parts = [...known.filter((part) => part !== undefined), ...said].map(asHole);
  const written = said.filter((part) => !part.includes('{') && !part.includes('$'));
  const line = facts.lineOf(written.at(-1) ?? '');
  const key = JSON.stringify([use, line, parts]);
  if (facts.named.size < LIMITS.named) facts.named.set(key, facts.named.get(key) ?? { use, parts, line });
}

/** A path that is read or written; undefined where nothing of it is written down. */
export function addPath(facts: Facts, path: string | undefined, use: 'read' | 'written'): void {
  if (path === undefined || path === '') return;
  (use === 'read' ? facts.pathsRead : facts.pathsWritten).add(path);
  if (use === 'written') addChangedPath(facts, path);
}

/** A volume by its parts, as far as these or a USE before say where it is. `isMade`: where it is not there yet; what is there stays as it is. */
export function addVolume(facts: Facts, said: readonly string[], isMade: boolean): void {
  const { catalog, schema } = facts.current;
  const parts = [...[catalog, schema].slice(0, Math.max(0, 3 - said.length)), ...said];
  if (parts.length !== 3 || parts.includes(undefined)) return;
  const path = `/Volumes/${parts.join('/')}`;
  if (isMade) facts.pathsWritten.add(path);
  else addPath(facts, path, 'written');
}

/** What lies there is another afterwards, or gone. */
export function addChangedPath(facts: Facts, said: string | undefined): void {
  if (said === undefined || facts.changedPaths.size >= LIMITS.named) return;
  const path = asHole(said);
  const line = lineOfWritten(facts, said);
  facts.changedPaths.set(`${line} ${path}`, { path, line });
}

export function addLogged(
  facts: Facts,
  { kind, use, name: said }: Omit<LoggedTo, 'name' | 'line'> & { readonly name: string | undefined },
): void {
  if (said === undefined || facts.logged.size >= LIMITS.named) return;
  const name = asHole(said);
  const line = lineOfWritten(facts, said);
  facts.logged.set(`${line} ${use} ${kind} ${name}`, { kind, use, name, line });
}

/** By what is written down of it in front. */
function lineOfWritten(facts: Facts, said: string): number {
  return facts.lineOf(/^[^{$]*/.exec(said)?.[0] ?? '');
}

/** `${x}`, `$x` and `{{x}}` as `{x}`. */
export function asHole(part: string): string {
  return part.replace(
    /\$?\{\{?\s{0,4}([^{}]{0,80}?)\s{0,4}\}?\}|\$([A-Za-z_]\w*)/g,
    (_, inside?: string, bare?: string) => `{${inside ?? bare}}`,
  );
}

/** How many lines down a text names a word; where it does not, its first line that holds anything. */
export function linesDown(text: string, word: string): number {
  let at = word === '' ? -1 : text.indexOf(word);
  while (at >= 0 && (/\w/.test(text[at - 1] ?? '') || /\w/.test(text[at + word.length] ?? ''))) at = text.indexOf(word, at + 1);
  return countLines(text.slice(0, at < 0 ? Math.max(0, text.search(/\S/)) : at));
}

export function countLines(text: string): number {
  return text.split('\n').length - 1;
}

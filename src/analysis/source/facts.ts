// What is gathered about one source while its cells are read; sets, because the same table is named many times.

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

export interface Facts {
  readonly widgets: Map<string, Widget>;
  readonly read: Set<string>;
  readonly written: Set<string>;
  /** Tables that are changed without new rows: OPTIMIZE, VACUUM, ALTER, DROP and the like. */
  readonly maintained: Set<string>;
  /** Temporary views, in small letters: reading one is no table. */
  readonly temporary: Set<string>;
  readonly catalogs: Set<string>;
  readonly schemas: Set<string>;
  readonly pathsRead: Set<string>;
  readonly pathsWritten: Set<string>;
  readonly installed: Set<string>;
  readonly imported: Set<string>;
  /** What it asks secret scopes for, as `scope/key`. */
  readonly secretReferences: Set<string>;
  readonly sparkConf: Set<string>;
  /** `task/key`. */
  readonly taskValuesRead: Set<string>;
  readonly taskValuesSet: Set<string>;
  readonly signs: Set<Sign>;
  exits: boolean;
}

export function createFacts(): Facts {
  return {
    widgets: new Map(),
    read: new Set(),
    written: new Set(),
    maintained: new Set(),
    temporary: new Set(),
    catalogs: new Set(),
    schemas: new Set(),
    pathsRead: new Set(),
    pathsWritten: new Set(),
    installed: new Set(),
    imported: new Set(),
    secretReferences: new Set(),
    sparkConf: new Set(),
    taskValuesRead: new Set(),
    taskValuesSet: new Set(),
    signs: new Set(),
    exits: false,
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
export function addTable(facts: Facts, parts: readonly string[], use: 'read' | 'written' | 'maintained'): void {
  const [schema, name] = parts;
  if (parts.length === 2 && name !== undefined && FORMATS.has(schema?.toLowerCase() ?? '') && /[/:]/.test(name)) {
    (use === 'read' ? facts.pathsRead : facts.pathsWritten).add(name);
    if (use === 'read') facts.signs.add('reads files');
    return;
  }
  if (parts.length === 0 || parts.some((part) => part === '')) return;
  if (parts[0]?.toLowerCase() === 'live') facts.signs.add('pipeline');
  facts[use].add(parts.join('.'));
  if (parts.length === 3) facts.catalogs.add(parts[0] ?? '');
  if (parts.length >= 2) facts.schemas.add(parts.slice(0, -1).join('.'));
}

/** A table by its written name; a part in backticks may hold dots. */
export function addTableName(facts: Facts, name: string, use: 'read' | 'written' | 'maintained'): void {
  const parts = name.trim().match(/`[^`]*`|(?:\{[^{}]*\}|[^.`\s{}])+/g) ?? [];
  if (parts.length <= 3 && !/[\s/]/.test(name.trim().replace(/`[^`]*`|\{[^{}]*\}/g, ''))) {
    addTable(
      facts,
      parts.map((part) => part.replace(/`/g, '')),
      use,
    );
  }
}

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

export type Facts = ReturnType<typeof createFacts>;

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
    signs: new Set<Sign>(),
    exits: false,
  };
}

/** A widget, as the first place that creates it says. */
export function addWidget(facts: Facts, widget: Widget): void {
  const known = facts.widgets.get(widget.name);
  if (known === undefined || (known.kind === 'read' && widget.kind !== 'read')) facts.widgets.set(widget.name, widget);
}

export type TableUse = 'read' | 'written' | 'maintained';

/** Schemas that stand for a format, so that the name behind them is a path. */
const FORMATS = new Set(['delta', 'parquet', 'json', 'csv', 'text', 'avro', 'orc', 'binaryfile', 'iceberg']);

/** A table by its parts, or the path where it is one, as in ``delta.`/Volumes/a/b/c` ``. */
export function addTable(facts: Facts, parts: readonly string[], use: TableUse): void {
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

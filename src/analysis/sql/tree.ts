// Reads a parsed SQL statement: which tables it reads and writes, in the scope of its common table expressions.
import { addMadeSchema, addPath, addTable, addTableName, addWidget, type Facts, type TableUse } from '../source/facts.ts';

/** Where a statement's facts go. */
export interface SqlSink {
  readonly facts: Facts;
  /** Whether parameters are the source's own. */
  readonly isCell: boolean;
  /** Puts variables back into a name. */
  readonly name: (name: string) => string;
  /** Reads a statement that has no tree. */
  readonly unparsed: (text: string) => void;
}

type Tree = Readonly<Record<string, unknown>>;
type Scope = ReadonlySet<string>;

export function readStatement(tree: unknown, sink: SqlSink): void {
  walk(tree, new Set(), sink);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function walk(node: unknown, scope: Scope, sink: SqlSink): void {
  if (Array.isArray(node)) {
    for (const one of node) walk(one, scope, sink);
    return;
  }
  if (!isTree(node)) return;
  const inner = scopeOf(node, scope, sink);
  for (const [key, value] of Object.entries(node)) {
    if (value === null || typeof value !== 'object' || key === 'with') continue;
    const rule = isTree(value) ? RULES[key] : undefined;
    if (rule === undefined || !isTree(value)) walk(value, inner, sink);
    else rule(value, inner, sink);
  }
}

/** Reads what stands under WITH, each in the scope of those before it, and gives the scope with their names. */
function scopeOf(node: Tree, scope: Scope, sink: SqlSink): Scope {
  const clause = node.with;
  if (!isTree(clause) || !Array.isArray(clause.ctes)) return scope;
  const names = new Set(scope);
  for (const cte of clause.ctes) {
    if (!isTree(cte)) continue;
    const name = nameOf(cte.alias).toLowerCase();
    if (clause.recursive === true) names.add(name);
    walk(cte.this, new Set(names), sink);
    names.add(name);
  }
  return names;
}

type Rule = (value: Tree, scope: Scope, sink: SqlSink) => void;

/** A statement whose `target` is used so; all else in it is read. */
const changes =
  (target: string, use: TableUse): Rule =>
  (value, scope, sink) => {
    // What WITH names is in scope before the statement's own parts are.
    const inner = scopeOf(value, scope, sink);
    for (const one of [value[target]].flat()) addRef(one, use, scope, sink);
    for (const [key, part] of Object.entries(value)) if (key !== target && key !== 'with') walk({ [key]: part }, inner, sink);
  };
const skipped: Rule = () => {};

const RULES: Readonly<Record<string, Rule>> = {
  // A column's table is one too, by its alias: it has its name as plain text.
  table: (value, scope, sink) => {
    if (isTree(value.name)) addRef(value, 'read', scope, sink);
  },
  insert: changes('table', 'written'),
  merge: changes('this', 'written'),
  delete: changes('table', 'written'),
  update: changes('table', 'written'),
  truncate: changes('table', 'maintained'),
  alter_table: changes('name', 'maintained'),
  drop_table: changes('names', 'maintained'),
  analyze: changes('this', 'refreshed'),
  refresh: changes('this', 'refreshed'),
  clone_source: (value, scope, sink) => addRef(value, 'read', scope, sink),
  create_table: (value, scope, sink) => (value.temporary === true ? createTemporary : changes('name', 'written'))(value, scope, sink),
  create_view: (value, scope, sink) => (value.temporary === true ? createTemporary : changes('name', 'written'))(value, scope, sink),
  copy: (value, scope, sink) => {
    changes('this', 'written')(value, scope, sink);
    for (const file of [value.files].flat()) addPath(sink.facts, stringOf(file, sink), 'read');
    sink.facts.signs.add('reads files');
  },
  location_property: (value, _scope, sink) => addPath(sink.facts, stringOf(value.this, sink), 'written'),
  directory: (value, _scope, sink) => addPath(sink.facts, sink.name(String(value.path ?? '')), 'written'),
  use: (value, _scope, sink) => {
    const name = sink.name(nameOf(value.this));
    const { facts } = sink;
    if (value.kind === 'Catalog') facts.catalogs.add(name);
    else if (name !== '') facts.schemas.add(name);
    // A catalog brings its own default schema.
    const [first, second] = name.split('.');
    if (value.kind === 'Catalog') facts.current = { catalog: name, schema: undefined };
    else if (second === undefined) facts.current.schema = first;
    else facts.current = { catalog: first, schema: second };
  },
  create_schema: createSchema,
  create_database: createSchema,
  set_statement: (value, _scope, sink) => {
    for (const item of [value.items].flat()) {
      const name = isTree(item) ? sink.name(nameOf(item.name)) : '';
      if (name.includes('.')) sink.facts.sparkConf.add(name);
    }
  },
  parameter: (value, _scope, sink) => {
    const name = nameOf(value);
    if (sink.isCell && value.style === 'Colon' && name !== '') addWidget(sink.facts, { name, kind: 'read' });
  },
  function: readFunction,
  command: (value, _scope, sink) => sink.unparsed(String(value.this ?? '')),
  raw: (value, _scope, sink) => sink.unparsed(String(value.sql ?? '')),
  describe: skipped,
  show: skipped,
  grant: skipped,
  revoke: skipped,
};

function createSchema(value: Tree, _scope: Scope, sink: SqlSink): void {
  addMadeSchema(
    sink.facts,
    [value.name].flat().map((part) => sink.name(nameOf(part))),
  );
}

function createTemporary(value: Tree, scope: Scope, sink: SqlSink): void {
  sink.facts.temporary.add(sink.name(nameOf(value.name)).toLowerCase());
  const { name: _name, ...rest } = value;
  walk(rest, scope, sink);
}

function readFunction(value: Tree, scope: Scope, sink: SqlSink): void {
  const name = String(value.name ?? '').toLowerCase();
  const given = [value.args].flat();
  const [first, second] = given.map((one) => stringOf(one, sink));
  const column = isTree(given[0]) ? given[0].column : undefined;
  if (name === 'stream') {
    sink.facts.signs.add('streams');
    if (isTree(column)) addTable(sink.facts, [nameOf(column.table), nameOf(column)].filter((part) => part !== '').map(sink.name), 'read');
  } else if (first !== undefined) {
    if (name === 'identifier' || name === 'table_changes') addTableName(sink.facts, first, 'read');
    else if (name === 'getargument') addWidget(sink.facts, { name: first, kind: 'read', default: second });
    else if (name === 'secret' && second !== undefined) sink.facts.secretReferences.add(`${first}/${second}`);
    else if (name === 'read_files' || name === 'cloud_files') {
      addPath(sink.facts, first, 'read');
      sink.facts.signs.add('reads files');
    }
  }
  walk(given, scope, sink);
}

/** A reference to a table, bare or under its alias; `identifier('a.b')` is one as well. */
function addRef(node: unknown, use: TableUse, scope: Scope, sink: SqlSink): void {
  if (!isTree(node)) return;
  const wrapped = isTree(node.alias) && 'this' in node.alias ? node.alias.this : node.table;
  if (isTree(wrapped)) {
    addRef(wrapped, use, scope, sink);
  } else if (isTree(node.function)) {
    addTableName(sink.facts, stringOf([node.function.args].flat()[0], sink) ?? '', use);
  } else {
    const written = [node.catalog, node.schema, node.name].filter((part) => part !== null && part !== undefined);
    const parts = written.map((part) => sink.name(nameOf(part)));
    if (parts.length > 1 || !scope.has(parts[0]?.toLowerCase() ?? '')) addTable(sink.facts, parts, use);
  }
}

/** The name in an identifier, however deep it is wrapped; empty where there is none. */
function nameOf(node: unknown): string {
  if (typeof node === 'string') return node;
  if (!isTree(node)) return '';
  return nameOf(node.name ?? node.identifier ?? node.table ?? '');
}

function stringOf(node: unknown, sink: SqlSink): string | undefined {
  const literal = isTree(node) ? node.literal : undefined;
  if (!isTree(literal) || literal.literal_type !== 'string') return undefined;
  return sink.name(String(literal.value ?? ''));
}

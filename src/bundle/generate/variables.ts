// Which values of a bundle's resources become variables: catalogs, schemas and environments that differ from target to target.
import { SOURCE_NAME } from '../data/names.ts';
import type { CallsWord } from '../data/task-sources.ts';
import { pipelineName } from '../data/written-tables.ts';
import type { BundleVariable, LookupKind, StatementTables } from '../model/bundle.ts';
import type { Leaf } from '../model/leaves.ts';
import { parameterGiven } from '../model/path-and-id-fields.ts';
import type { KeyedResource } from '../model/resources.ts';
import { freeName, variableName } from '../model/safe-names.ts';

/** Longer values are no names. */
const MAX_VALUE_LENGTH = 200;
/** Parameter names that say where a job works: `catalog`, `gold_schema`, `schema_name`, `ENV`, `target_environment`. */
const WHERE =
  /^(?:\w+_)?(catalog|schema|database|environment|env)(?:_name)?$|^(catalog|schema|env)(?:_(?:bronze|silver|gold|raw|name|\w+))?$/;

/** Parameters that hold a table: `table`, `output_table_name`, `features_view`; or may, by their position alone. */
const TABLE = /^(?:\w+_)?(?:table|view)(?:_name)?$|^argv\d+$/;
const THREE_PARTS = /^([A-Za-z_]\w*)\.([A-Za-z_]\w*)\.(\w+)$/;

export interface Variable extends BundleVariable {
  readonly lookup?: LookupKind | undefined;
}

/** A variable before it is decided what it stands for. */
export type Chosen = Pick<Variable, 'name' | 'value'>;

export interface Variables {
  readonly list: readonly Chosen[];
  /** The variable's name by the place of the value it stands for. */
  readonly byPlace: ReadonlyMap<string, string>;
  /** Names of tables in three parts, by place: the variables for two of them, and the third. */
  readonly tables: ReadonlyMap<string, TableName>;
  /** Statements of SQL by place, with the tables in them that are written by the resources: these stand among the tables, by a place of their own. */
  readonly statements: ReadonlyMap<string, Statement>;
  /** What stands before the value at its place, where the value is a part of a word, as in `--schema=sales`. */
  readonly before: ReadonlyMap<string, string>;
}

interface TableName {
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
}

interface Statement {
  readonly text: string;
  readonly tables: readonly (StatementTables['tables'][number] & { readonly place: string })[];
}

/** A word that has no name of its own in a list of them. */
const BARE = /^argv\d+$/;

function candidate(resource: KeyedResource, leaf: Leaf, calls: CallsWord | undefined): Chosen | undefined {
  const { type } = resource;
  const given = type === 'jobs' ? parameterGiven(leaf) : undefined;
  const value = given?.value ?? leaf.value;
  const named = given !== undefined && BARE.test(given.name) ? calls?.(resource, leaf) : given?.name;
  const parameter = type === 'pipelines' ? pipelineName(leaf) : named;
  if (parameter === undefined || typeof value !== 'string' || value === '' || value.length > MAX_VALUE_LENGTH) return undefined;
  if (/\{\{|\$\{|[\r\n]/.test(value)) return undefined;
  const name = variableName(parameter);
  return WHERE.test(name) || name === 'catalogname' || name === 'schemaname' ? { name, value } : undefined;
}

/** What stands at a place, and whose it is. */
function describe({ type, key, prefix }: KeyedResource, leaf: Leaf): { what: string; whose: string } {
  const field = leaf.fields.at(-1) ?? '';
  if (type === 'pipelines') {
    const what = leaf.fields.length > 1 ? `Setting ${field}` : ({ catalog: 'Catalog', schema: 'Schema' }[field] ?? 'Target schema');
    return { what, whose: `pipeline ${key}` };
  }
  const name = parameterGiven(leaf)?.name ?? '';
  if (leaf.keys[0] !== 'tasks') return { what: `Job parameter ${name}`, whose: prefix === '' ? '' : key };
  const what = /^argv\d+$/.test(name) ? `Argument ${name.slice(4)}` : `Parameter ${name}`;
  return { what, whose: `task ${leaf.keys[1]}${prefix === '' ? '' : ` in ${key}`}` };
}

/** Users of a variable that its description names. */
const MOST_USERS = 3;

/** The variables with what they stand for, once it is decided: every place that has one counts. `note` says more of some. */
export function describeVariables(
  resources: readonly KeyedResource[],
  { list, byPlace, tables, statements }: Omit<Variables, 'before'>,
  note: (name: string) => string,
): Variable[] {
  const uses = new Map<string, Map<string, string[]>>();
  const add = (name: string, what: string, whose: string) => {
    const known = uses.get(name) ?? new Map<string, string[]>();
    uses.set(name, known.set(what, [...(known.get(what) ?? []), whose]));
  };
  for (const resource of resources) {
    for (const leaf of resource.leaves.values()) {
      const place = `${resource.prefix}${leaf.place}`;
      const inStatement = statements.get(place)?.tables ?? [];
      const named = [place, ...inStatement.map((one) => one.place)].map((one) => tables.get(one)).filter((table) => table !== undefined);
      const variable = byPlace.get(place);
      if (variable === undefined && named.length === 0) continue;
      const { what, whose } = describe(resource, leaf);
      const inTable = `of ${inStatement.length > 1 ? 'tables' : 'the table'} in ${what.replace(/^[A-Z]/, (letter) => letter.toLowerCase())}`;
      if (variable !== undefined) add(variable, what, whose);
      for (const name of new Set(named.map(({ catalog }) => catalog))) add(name, `Catalog ${inTable}`, whose);
      for (const name of new Set(named.map(({ schema }) => schema))) add(name, `Schema ${inTable}`, whose);
    }
  }
  return list.map((variable) => {
    const parts = [...(uses.get(variable.name) ?? [])].map(([what, users]) => {
      const whose = [...new Set(users)].filter((user) => user !== '');
      const shown = whose.slice(0, MOST_USERS).join(', ');
      const more = whose.length > MOST_USERS ? ` and ${whose.length - MOST_USERS} more` : '';
      return shown === '' ? what : `${what} of ${shown}${more}`;
    });
    return { ...variable, description: `${parts.join('; ')}${note(variable.name)}` };
  });
}

/**
 * Chooses the variables of a bundle. Equal values under one name share a variable; a second value of a name gets the name of its task
 * (or of its resource) behind it. `calls`: what code calls a word without a name of its own, where somebody has looked; it is a table's by that
 * alone, since modules and hosts look alike. `statements`: those that settings hold.
 */
export function chooseVariables(
  resources: readonly KeyedResource[],
  { calls, statements: known = [] }: { readonly calls?: CallsWord; readonly statements?: readonly StatementTables[] | undefined } = {},
): Variables {
  const chosen = new Map<string, Chosen>();
  const byPlace = new Map<string, string>();
  const before = new Map<string, string>();
  for (const resource of resources) {
    for (const leaf of resource.leaves.values()) {
      if (leaf.option !== undefined) before.set(`${resource.prefix}${leaf.place}`, leaf.option.before);
      const found = candidate(resource, leaf, calls);
      if (found === undefined) continue;
      const { name: wanted, value } = found;
      const known = chosen.get(wanted);
      const holder = leaf.keys[0] === 'tasks' ? leaf.keys[1] : resource.prefix === '' ? 'job' : resource.key;
      const second = known !== undefined && known.value !== value ? variableName(`${wanted}_${holder}`) : wanted;
      const name = freeName(second, (candidateName) => {
        const taken = chosen.get(candidateName);
        return taken !== undefined && taken.value !== value;
      });
      if (!chosen.has(name)) chosen.set(name, { name, value });
      byPlace.set(`${resource.prefix}${leaf.place}`, name);
    }
  }
  const isTables: IsTables = (resource, leaf, name) => !BARE.test(name) || calls === undefined || calls(resource, leaf) !== undefined;
  const tables = splitTables(resources, chosen, isTables);
  const statements = splitStatements(resources, chosen, known, tables);
  return { list: [...chosen.values()], byPlace, tables, statements, before };
}

/** What stands at the places that have variables, instead of their values. */
export function writtenValues({ byPlace, tables, statements, before }: Omit<Variables, 'list'>): [place: string, value: string][] {
  const start = (place: string) => before.get(place) ?? '';
  const inStatements = new Set([...statements.values()].flatMap((one) => one.tables.map(({ place }) => place)));
  const whole = [...tables].filter(([place]) => !inStatements.has(place));
  return [
    ...[...byPlace].map(([place, name]): [string, string] => [place, `${start(place)}\${var.${name}}`]),
    ...whole.map(([place, { catalog, schema, name }]): [string, string] => [
      place,
      `${start(place)}\${var.${catalog}}.\${var.${schema}}.${name}`,
    ]),
    ...[...statements].map(([place, statement]): [string, string] => [place, start(place) + withVariables(statement, tables)]),
  ];
}

function withVariables({ text, tables: named }: Statement, tables: Variables['tables']): string {
  const parts = named.flatMap(({ place, parts: [catalog, schema], catalogAt, schemaAt }) => {
    const table = tables.get(place);
    if (table === undefined) return [];
    return [
      { at: catalogAt, length: catalog.length, name: table.catalog },
      { at: schemaAt, length: schema.length, name: table.schema },
    ];
  });
  const pieces: string[] = [];
  let from = 0;
  for (const { at, length, name } of parts.sort((a, b) => a.at - b.at)) {
    pieces.push(text.slice(from, at), `\${var.${name}}`);
    from = at + length;
  }
  return pieces.join('') + text.slice(from);
}

/** Whether it is a parameter that names a table in three parts. */
export function isTableName(leaf: Leaf): boolean {
  const { name = '', value } = parameterGiven(leaf) ?? {};
  return typeof value === 'string' && THREE_PARTS.test(value) && TABLE.test(variableName(name));
}

type IsTables = (resource: KeyedResource, leaf: Leaf, parameter: string) => boolean;

/** Adds the catalogs and schemas in names of tables to the variables; values that have one share it. */
function splitTables(resources: readonly KeyedResource[], chosen: Map<string, Chosen>, isTables: IsTables): Map<string, TableName> {
  const tables = new Map<string, TableName>();
  for (const resource of resources) {
    const { type, leaves, prefix } = resource;
    for (const leaf of leaves.values()) {
      const given = parameterGiven(leaf);
      if (type !== 'jobs' || !isTableName(leaf) || !isTables(resource, leaf, given?.name ?? '')) continue;
      const [, catalog, schema, name] = THREE_PARTS.exec(String(given?.value)) ?? [];
      if (catalog === undefined || schema === undefined || name === undefined) continue;
      tables.set(`${prefix}${leaf.place}`, tableName(chosen, [catalog, schema, name]));
    }
  }
  return tables;
}

/** `isWritten`: it shares none that is called after what is only read. */
function tableName(chosen: Map<string, Chosen>, [catalog, schema, name]: readonly [string, string, string], isWritten = false): TableName {
  const variableFor = (base: 'catalog' | 'schema', value: string): string => {
    const isSame = (one: Chosen) => one.value === value && new RegExp(`(?:^|_)${base}(?:_|$)`).test(one.name);
    const known = [...chosen.values()].find((one) => isSame(one) && !(isWritten && SOURCE_NAME.test(one.name)))?.name;
    const free = known ?? freeName(base, (taken) => chosen.has(taken));
    if (known === undefined) chosen.set(free, { name: free, value });
    return free;
  };
  return { catalog: variableFor('catalog', catalog), schema: variableFor('schema', schema), name };
}

/** Adds those of statements that are written: a copy goes on to read others where production does. */
function splitStatements(
  resources: readonly KeyedResource[],
  chosen: Map<string, Chosen>,
  known: readonly StatementTables[],
  tables: Map<string, TableName>,
): Map<string, Statement> {
  const statements = new Map<string, Statement>();
  const byText = new Map(known.map((one) => [one.text, one]));
  const nameOf = (parts: readonly string[]) => parts.join('.').toLowerCase();
  const changed = new Set(known.flatMap((one) => one.tables.flatMap(({ changes, parts }) => (changes ? [nameOf(parts)] : []))));
  for (const { type, leaves, prefix } of known.length === 0 ? [] : resources) {
    for (const leaf of type === 'jobs' ? leaves.values() : []) {
      const { text, tables: named } = byText.get(String(parameterGiven(leaf)?.value)) ?? { text: '', tables: [] };
      const place = `${prefix}${leaf.place}`;
      const ours = named.filter(({ parts }) => changed.has(nameOf(parts)));
      if (ours.length === 0) continue;
      const placed = ours.map((one) => ({ ...one, place: `${place}#${one.catalogAt}` }));
      for (const one of placed) tables.set(one.place, tableName(chosen, one.parts, true));
      statements.set(place, { text, tables: placed });
    }
  }
  return statements;
}

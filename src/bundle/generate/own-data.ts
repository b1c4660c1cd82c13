// Where a development copy writes: to schemas of its own, in the place of those that production's code and pipelines write to.
import type { JsonObject } from '../../values/json.ts';
import { namesOf } from '../data/holes.ts';
import {
  A_NAME,
  ABOUT_ONE,
  catalogOf,
  type DevData,
  isCatalog,
  isOfData,
  metAmong,
  ownName,
  SOURCE_NAME,
  schemaOf,
  valuesIn,
} from '../data/names.ts';
import { sourcesOfTasks, taskOf } from '../data/task-sources.ts';
import { createWritten, valuesOfParts } from '../data/written-tables.ts';
import type { DashboardReads, Diagnostic, SourceTables } from '../model/bundle.ts';
import type { Leaf } from '../model/leaves.ts';
import { parameterGiven, parameterOfJob } from '../model/path-and-id-fields.ts';
import type { KeyedResource } from '../model/resources.ts';
import { freeName, variableName } from '../model/safe-names.ts';
import { type Chosen, chooseVariables, describeVariables, isTableName, type Variable, type Variables } from './variables.ts';

/** A database beside one of these is a server's, as long as no code says otherwise. */
const OF_A_SERVER = /(?:^|_)(?:jdbc|host|hostname|server|port)(?:_|$)/;

interface OwnData extends Omit<Variables, 'list' | 'before'> {
  readonly list: readonly Variable[];
  /** Of a development target, by variable: its value there. */
  readonly own: (target: string) => Readonly<Record<string, string>>;
  /** What people should know of a development target. */
  readonly told: (target: string) => readonly Omit<Diagnostic, 'place'>[];
}

/** Whether there is a variable of which it counts what the code does with it. */
export function namesData(resources: readonly KeyedResource[]): boolean {
  // What code calls a word that only its place tells the code alone says.
  const mayBeCalled = ({ option, value }: Leaf) => option?.counted !== undefined && A_NAME.test(String(value));
  return (
    chooseVariables(resources).list.some(({ name }) => isOfData(name)) ||
    resources.some(({ type, leaves }) => type === 'jobs' && [...leaves.values()].some(mayBeCalled))
  );
}

interface Use {
  readonly place: string;
  readonly kind: 'written' | 'read' | 'unknown';
  /** Names of tables that are read there and that nothing of this bundle writes. */
  readonly foreign: readonly string[];
  /** It is filled by dbt, of whose models nobody knows the names here. */
  readonly isDbt?: boolean;
}

/**
 * Gives what is written a schema of its own in development, in another catalog where there is one for that. A variable of which some places
 * are only read from is split into source and destination; where one place is both, people are told what it would miss. A person's copies
 * have a schema each: those of other targets than the `first` are called after their target.
 */
export function giveOwnData(
  resources: readonly KeyedResource[],
  { list, byPlace, tables: named, statements }: Omit<Variables, 'before'>,
  sources: readonly SourceTables[],
  { first, answers, ...configured }: DevData & { readonly first?: string | undefined } = {},
): OwnData {
  const answer = answers?.[catalogOf(list)];
  const place = answer === undefined ? configured : { schema: answer.schema ?? configured.schema, catalog: answer.catalog };
  const mayMove = (name: string) => isOfData(name) && (!isCatalog(name) || place.catalog !== undefined);
  const places = new Map<string, Use[]>();
  const usesOf = list.some(({ name }) => mayMove(name)) ? createUses(resources, sources) : undefined;
  for (const resource of usesOf === undefined ? [] : resources) {
    for (const leaf of resource.leaves.values()) {
      const place = `${resource.prefix}${leaf.place}`;
      const table = named.get(place);
      for (const { place: at, changes } of statements.get(place)?.tables ?? []) {
        const { schema, catalog } = named.get(at) ?? {};
        for (const name of [schema, catalog])
          if (name !== undefined && mayMove(name))
            places.set(name, [...(places.get(name) ?? []), { place: at, kind: changes ? 'written' : 'read', foreign: [] }]);
      }
      const names = [byPlace.get(place), table?.schema, table?.catalog].filter((name) => name !== undefined && mayMove(name));
      if (usesOf === undefined || names.length === 0) continue;
      const use = usesOf(resource, leaf);
      for (const name of names) if (name !== undefined) places.set(name, [...(places.get(name) ?? []), use]);
    }
  }
  const variables: Chosen[] = [...list];
  const onlyRead = new Set<string>();
  const moved = new Map(byPlace);
  const tables = new Map(named);
  const own: Chosen[] = [];
  const told: Omit<Diagnostic, 'place'>[] = [];
  // Catalogs last: whether one has to move is known then.
  for (const variable of [...list.filter(({ name }) => !isCatalog(name)), ...list.filter(({ name }) => isCatalog(name))]) {
    const uses = places.get(variable.name) ?? [];
    // What one parameter names to be written, another may name to be read.
    const made = new Set(uses.flatMap(({ kind, place }) => (kind === 'written' ? [named.get(place)?.name] : [])));
    const readers = uses.filter(({ kind, place }) => kind === 'read' && !(named.has(place) && made.has(named.get(place)?.name)));
    const isUnknown = uses.every(({ kind }) => kind === 'unknown');
    if (readers.length === uses.length || (isUnknown && SOURCE_NAME.test(variable.name))) continue;
    const foreign = [...new Set(uses.filter(({ kind }) => kind === 'written').flatMap((use) => use.foreign))];
    // Its own schema keeps a copy apart in production's catalog too, where it finds what it reads; but whoever has answered means that schema in that catalog.
    if (isCatalog(variable.name) && foreign.length > 0 && own.length > 0 && answer === undefined) continue;
    if (readers.length > 0) {
      const name = freeName(variableName(`source_${variable.name}`), (taken) => variables.some((one) => one.name === taken));
      variables.push({ ...variable, name });
      onlyRead.add(name);
      for (const { place } of readers) {
        const table = tables.get(place);
        if (table === undefined) moved.set(place, name);
        else tables.set(place, { ...table, [isCatalog(variable.name) ? 'catalog' : 'schema']: name });
      }
    }
    own.push(variable);
    if (isUnknown) told.push({ level: 'note', message: readsNothing(variable.name) });
    const isFilledByDbt = !isCatalog(variable.name) && uses.some(({ isDbt }) => isDbt);
    if (foreign.length > 0 && !isFilledByDbt) told.push({ level: 'warning', message: readsToo(variable.name, foreign) });
  }
  const given = valuesIn(place, own);
  // Answered for another job, whose data is elsewhere.
  if (answer !== undefined && metAmong(given, list) !== undefined)
    return giveOwnData(resources, { list, byPlace, tables: named, statements }, sources, { ...configured, first });
  const ownIn = (target: string) => (target === first ? given : schemasOf(target, given));
  if (own.length === 0) told.push(...staysInCatalog(list, sources));
  const moves = (target: string) => (own.length === 0 ? [] : [{ level: 'note' as const, message: movesTo(ownIn(target)) }]);
  const note = (name: string) => (onlyRead.has(name) ? ', where it is only read from' : '');
  const described = describeVariables(resources, { list: variables, byPlace: moved, tables, statements }, note);
  return { list: described, byPlace: moved, tables, statements, own: ownIn, told: (target) => [...moves(target), ...told] };
}

/** A further copy's values: its schemas are called after its target. */
function schemasOf(target: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isCatalog(name) ? value : schemaOf(target, value)]));
}

function movesTo(own: Readonly<Record<string, string>>): string {
  const names = Object.entries(own).map(([name, value]) => `\`${name}\` is \`${ownName(value)}\``);
  const where = Object.keys(own).every(isCatalog) ? 'the catalog for development' : 'a schema of its own';
  return `what a copy writes goes to ${where}: ${names.join(', ')}`;
}

/** No catalog can be made for a copy: where that alone is a variable, a copy changes what production does. */
function staysInCatalog(list: readonly Chosen[], sources: readonly SourceTables[]): Omit<Diagnostic, 'place'>[] {
  const catalogs = list.filter(({ name }) => isCatalog(name) && !SOURCE_NAME.test(name));
  return catalogs.flatMap(({ name, value }): Omit<Diagnostic, 'place'>[] => {
    const all = sources.flatMap(({ tables }) =>
      tables.filter(({ changes, parts: [first = ''] }) => changes && namesOf(first).includes(name)),
    );
    const [one] = all.map(({ parts }) => parts.join('.').replace(/\|[^{}]*(?=\})/g, ''));
    if (one === undefined) return [];
    const message = `code finds what it writes by \`${name}\` and names the schemas itself, as in \`${one}\`: a copy changes the tables of \`${value}\` too; give \`${name}\` a catalog of its own here, or ask me to make the schema a parameter`;
    return [{ level: 'warning', message }];
  });
}

function readsNothing(name: string): string {
  return `no code that could be read uses \`${name}\`; should it be only read from, a copy would find nothing in its own schema`;
}

function readsToo(name: string, foreign: readonly string[]): string {
  const shown = foreign.slice(0, 5).map((one) => `\`${one}\``);
  const more = foreign.length > shown.length ? ` and ${foreign.length - shown.length} more` : '';
  const where = isCatalog(name) ? 'the catalog for development' : 'the copy’s own schema';
  return `code reads ${shown.join(', ')}${more} by \`${name}\` as well, which ${where} does not have: copy that there, or read it by a parameter of its own`;
}

/**
 * Where a dashboard's datasets read in a development copy, by its key: where the copy writes, if they read by bare names nothing else. What
 * nothing here writes they go on to read where production's do.
 */
export function datasetPlaces(
  resources: readonly KeyedResource[],
  { list, own }: { readonly list: readonly Variable[]; readonly own: JsonObject },
  sources: readonly SourceTables[],
  reads: readonly DashboardReads[],
): ReadonlyMap<string, JsonObject> {
  const written = createWritten(valuesOfParts(resources), sources);
  const isMoved = ({ name }: Chosen) => own[name] !== undefined;
  const placeOf = ({ catalog, schema, tables, namesSchemas }: DashboardReads): JsonObject | undefined => {
    const catalogs = list.filter(({ name, value }) => isCatalog(name) && value === catalog);
    const schemas = list.filter(({ name, value }) => !isCatalog(name) && value === schema);
    const [other, moved] = [catalogs.find(isMoved), schemas.find(isMoved)];
    const isOurs = (table: string) => written.named(table, [[catalog.toLowerCase()], [schema.toLowerCase()], undefined]);
    if (catalogs.length === 0 || moved === undefined || !tables.every(isOurs)) return undefined;
    if (other !== undefined && namesSchemas) return undefined;
    const inCatalog = other === undefined ? {} : { dataset_catalog: `\${var.${other.name}}` };
    return { ...inCatalog, dataset_schema: `\${var.${moved.name}}` };
  };
  return new Map(
    resources.flatMap(({ type, id, key }) => {
      const found = type === 'dashboards' ? reads.find((one) => one.id === id) : undefined;
      const place = found && placeOf(found);
      return place === undefined ? [] : [[key, place] as const];
    }),
  );
}

/** What is done at a place with the schema that stands there. */
function createUses(resources: readonly KeyedResource[], sources: readonly SourceTables[]): (resource: KeyedResource, leaf: Leaf) => Use {
  const maySay = valuesOfParts(resources);
  const written = createWritten(maySay, sources);
  const sourcesOf = sourcesOfTasks(resources, sources);
  const handedOn = new Map<string, string[]>();
  const connecting = new Set<string>();
  for (const resource of resources) {
    const { prefix, leaves } = resource;
    for (const leaf of leaves.values()) {
      const { name = '', counted = name, value } = parameterGiven(leaf) ?? {};
      if (OF_A_SERVER.test(name.replaceAll('-', '_').toLowerCase())) connecting.add(taskOf(resource, leaf) ?? prefix);
      const ofJob = parameterOfJob(value)?.toLowerCase();
      if (ofJob === undefined) continue;
      handedOn.set(prefix + ofJob, [...(handedOn.get(prefix + ofJob) ?? []), name.toLowerCase(), counted.toLowerCase()]);
    }
  }

  return (resource, leaf) => {
    const { type, prefix } = resource;
    const place = `${prefix}${leaf.place}`;
    const isDbt = type !== 'pipelines' && leaf.fields.at(-2) === 'dbt_task';
    if (isDbt || (type === 'pipelines' && leaf.fields.length === 1)) return { place, kind: 'written', foreign: [], isDbt };
    const given = type === 'pipelines' ? { name: leaf.fields.at(-1), counted: undefined, value: leaf.value } : parameterGiven(leaf);
    const parameter = given?.name?.replace(/^.*\./, '').toLowerCase();
    const task = taskOf(resource, leaf);
    const further = task === undefined ? handedOn.get(`${prefix}${parameter}`) : undefined;
    const names = [parameter, given?.counted?.toLowerCase(), ...(further ?? [])];
    const isTable = parameter !== undefined && type === 'jobs' && isTableName(leaf);
    const tables = sourcesOf(task).flatMap((source) =>
      source.tables.filter(({ parts }) =>
        parts.slice(0, isTable ? undefined : -1).some((part) => namesOf(part).some((name) => names.includes(name))),
      ),
    );
    const sayHere = (part: string) =>
      namesOf(part).some((name) => names.includes(name)) ? maySay(part, String(given?.value)) : maySay(part);
    const isOurs = (parts: readonly string[]) => written.named(parts.at(-1) ?? '', parts.map(sayHere));
    const isForeign = (parts: readonly string[]) => !isOurs(parts) && !written.computed(parts.map(sayHere));
    const foreign = tables.filter(({ changes, parts }) => !changes && isForeign(parts)).map(({ parts }) => parts.at(-1) ?? '');
    if (isTable && tables.length === 0 && (SOURCE_NAME.test(parameter) || /^argv\d+$/.test(parameter)))
      return { place, kind: 'read', foreign: [] };
    const isServers = parameter?.includes('database') === true && connecting.has(task ?? prefix);
    const isNone = !isTable && (isServers || ABOUT_ONE.test(parameter?.replaceAll('-', '_') ?? '') || !A_NAME.test(String(given?.value)));
    if (tables.length === 0) return { place, kind: isNone ? 'read' : 'unknown', foreign };
    const isWritten = tables.some(({ changes, parts }) => changes || (!isTable && isOurs(parts)));
    return { place, kind: isWritten ? 'written' : 'read', foreign: isTable ? [] : foreign };
  };
}

// Where a development copy writes, as its target says it, and another place for that: the target's variables, their cells in the README, and where its dashboards read.
import { type JsonObject, objectOf } from '../../values/json.ts';
import {
  catalogOf,
  type DataPlace,
  isCatalog,
  isCopys,
  isPlace,
  metAmong,
  type Named,
  nameOf,
  ownName,
  schemaBehind,
  valuesIn,
} from '../data/names.ts';
import { rowStart } from '../generate/readme.ts';
import type { Bundle } from '../model/bundle.ts';
import { rewritten } from '../secrets/put-back.ts';
import { changeYaml, type YamlChange } from '../yaml/change-yaml.ts';
import { configurationOf, environmentOf, offeredTarget, writtenResource } from '../yaml/describe-tree.ts';
import { editBundle } from './edit.ts';

/** What of a copy's data can be elsewhere. */
interface DataOfCopy {
  /** Of production; what somebody answers is kept for it. */
  readonly catalog: string;
  /** Where it writes now; its catalog only where that is not production's. */
  readonly place: DataPlace;
  /** Variables of schemas that are the copy's own, with production's values. */
  readonly schemas: readonly Named[];
  /** Variables of catalogs that can be its own. */
  readonly catalogs: readonly Named[];
  /** Whether a catalog can be said: by a variable, or before a schema. */
  readonly hasCatalog: boolean;
}

/** Undefined where nothing can be elsewhere, and for all targets but the development target that is offered by itself. */
export function dataOfCopy(bundle: Bundle, target: string): DataOfCopy | undefined {
  if (environmentOf(bundle, target) !== 'development' || offeredTarget(bundle) !== target) return undefined;
  const given = variablesIn(bundle, target);
  const own = bundle.variables.flatMap(({ name, value }) => {
    const there = given.get(name);
    return there !== undefined && isCopys({ name, value: there }) ? [{ name, value, own: there }] : [];
  });
  const schemas = own.filter(({ name }) => !isCatalog(name));
  const moved = own.filter(({ name }) => isCatalog(name));
  const catalogs = bundle.variables.filter((one) => isCatalog(one.name) && isPlace(one));
  if (schemas.length + catalogs.length === 0) return undefined;
  const twoParts = schemas.find(({ value, own: there }) => value.includes('.') && there.includes('.'));
  const before = (value: string) => value.slice(0, value.lastIndexOf('.'));
  const isMoved = twoParts !== undefined && before(twoParts.own) !== before(twoParts.value);
  const schema = schemaBehind(schemas);
  const catalog = moved[0]?.own ?? (isMoved ? before(twoParts.own) : undefined);
  return {
    catalog: catalogOf(bundle.variables),
    place: { ...(schema === undefined ? {} : { schema }), ...(catalog === undefined ? {} : { catalog }) },
    schemas,
    catalogs,
    hasCatalog: catalogs.length > 0 || twoParts !== undefined,
  };
}

/** Where another target already has data that a copy of this person would write to there, in words with that target; undefined where none does. */
export function metElsewhere(bundle: Bundle, target: string, { place, shortName }: { place: DataPlace; shortName: string }) {
  const data = dataOfCopy(bundle, target);
  if (data === undefined) return undefined;
  const own = Object.fromEntries(Object.entries(movedValues(data, place)).map(([name, value]) => [name, nameOf(value, shortName)]));
  return bundle.targets
    .filter((one) => one !== target)
    .flatMap((other) => {
      const given = variablesIn(bundle, other);
      const theirs = bundle.variables.map(({ name, value }) => ({ name, value: nameOf(given.get(name) ?? value, shortName) }));
      const name = metAmong(own, theirs);
      return name === undefined ? [] : [{ target: other, name }];
    })
    .at(0);
}

/** A new bundle; one without a change where the copy writes there already. Throws UserError where the YAML can't be read. */
export function moveData(bundle: Bundle, target: string, place: DataPlace): Bundle {
  const data = dataOfCopy(bundle, target);
  const parts = configurationOf(bundle.files);
  const home = parts.find(({ value }) => target in objectOf(value.targets))?.path;
  if (data === undefined || home === undefined) return bundle;
  const given = variablesIn(bundle, target);
  const values = movedValues(data, place);
  const changed = [...data.schemas, ...data.catalogs].map(({ name }) => name).filter((name) => values[name] !== given.get(name));
  if (changed.length === 0) return bundle;
  const pathOf = (name: string) => parts.find(({ value }) => name in saidIn(value, target))?.path ?? home;
  const changes: (YamlChange & { path: string })[] = [
    ...changed.map((name) => ({ path: pathOf(name), at: ['targets', target, 'variables', name], value: values[name] })),
    ...dashboardCatalogs(bundle, target, { data, values }).map((one) => ({ path: home, ...one })),
  ];
  const yaml = [...Map.groupBy(changes, ({ path }) => path)].map(([path, some]) =>
    rewritten(bundle, path, (text) => changeYaml(text, some)),
  );
  const hasReadme = bundle.files.some(({ path }) => path === 'README.md');
  const cells = new Map(changed.map((name) => [name, values[name]]));
  const readme = hasReadme ? [rewritten(bundle, 'README.md', (text) => withCells(text, target, cells))] : [];
  return editBundle(bundle, [...yaml, ...readme]);
}

/** Values of the copy's variables there; without one it is production's. */
function movedValues({ schemas, catalogs }: DataOfCopy, place: DataPlace): Record<string, string> {
  return valuesIn(place, [...schemas, ...(place.catalog === undefined ? [] : catalogs)]);
}

function saidIn(part: JsonObject, target: string): JsonObject {
  return objectOf(objectOf(objectOf(part.targets)[target]).variables);
}

/** What a target gives to variables as plain text. */
function variablesIn({ files }: Pick<Bundle, 'files'>, target: string): Map<string, string> {
  const all = configurationOf(files).flatMap(({ value }) => Object.entries(saidIn(value, target)));
  return new Map(all.flatMap(([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : [])));
}

/** A dashboard that reads in the copy's schema reads in its catalog too. */
function dashboardCatalogs(
  bundle: Bundle,
  target: string,
  { data, values }: { readonly data: DataOfCopy; readonly values: Readonly<Record<string, string>> },
): YamlChange[] {
  const moved = data.catalogs.find(({ name }) => values[name] !== undefined);
  if (moved === undefined) return [];
  return bundle.resources.flatMap(({ type, key }) => {
    if (type !== 'dashboards') return [];
    const { override } = writtenResource(bundle.files, type, key, target);
    if (override.dataset_schema === undefined || override.dataset_catalog !== undefined) return [];
    return [{ at: ['targets', target, 'resources', type, key, 'dataset_catalog'], value: `\${var.${moved.name}}` }];
  });
}

/** The README with other values in the column of a target, where it has one. */
function withCells(text: string, target: string, values: ReadonlyMap<string, string | undefined>): string {
  const lines = text.split('\n');
  const column = lines
    .map((line) => (line.startsWith('| Name |') ? cellsOf(line).indexOf(` In \`${target}\` `) : -1))
    .find((at) => at >= 0);
  if (column === undefined) return text;
  return lines
    .map((line) => {
      const name = [...values.keys()].find((one) => line.startsWith(rowStart(one)));
      if (name === undefined) return line;
      const value = values.get(name);
      const cells = cellsOf(line);
      return cells.map((cell, i) => (i !== column ? cell : value === undefined ? (cells[2] ?? cell) : ` \`${ownName(value)}\` `)).join('|');
    })
    .join('\n');
}

/** A row of a table; a bar in a cell is escaped. */
function cellsOf(row: string): string[] {
  return row.split(/(?<!\\)\|/);
}

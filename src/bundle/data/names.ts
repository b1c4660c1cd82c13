// Which variables of a bundle say where data is, and what a development copy's own places are called.
import { variableName } from '../model/safe-names.ts';

const SCHEMA = /(?:^|_)(?:schema|database)(?:_|$)|^schemaname$/;
const CATALOG = /(?:^|_)catalog(?:_|$)|^catalogname$/;
/** What is called so is read from, as long as no code says otherwise. */
export const SOURCE_NAME = /(?:^|_)(?:source|src|input|from|read|raw|landing)(?:_|$)/;
/** What is called after a schema and is none, as long as no code says otherwise: `schema_registry_url`, `schema_evolution_mode`. */
export const ABOUT_ONE =
  /(?:^|_)(?:schema|database|catalog)_(?:registry|file|path|location|dir|folder|url|uri|host|port|user|version|evolution|mode|hints?|inference|type|format|id|json|ddl|definition|drift|merge|validation|check)(?:_|$)/;
/** A name of a schema, a catalog before it or not; no path, address, number or switch. */
export const A_NAME = /^(?!(?:true|false)$|\d+(?:\.|$))[^\s./:]+(?:\.[^\s./:]+)?$/i;

/** Whoever deploys, as the CLI shortens their name (facts: bundles#variables-and-lookups). */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the bundle, not of JavaScript
const SHORT_NAME = '${workspace.current_user.short_name}';
/** What stands for it in configuration and in what people have answered. */
const HOLE = '{short_name}';
/** Whoever deploys, in any spelling. */
const PERSONAL = /\$\{workspace\.current_user\.\w+\}/;

/** A variable and its value, production's where nothing else is said. */
export interface Named {
  readonly name: string;
  readonly value: string;
}

/** Names with `{short_name}` for whoever deploys; without a catalog it is production's. */
export interface DataPlace {
  readonly schema?: string | undefined;
  readonly catalog?: string | undefined;
}

/** Where development copies write, where it is not a schema `dev_<short name>` in the catalog of production. */
export interface DevData extends DataPlace {
  /** What whoever deploys has answered, by the catalog of production: it counts before the rest. */
  readonly answers?: Readonly<Record<string, DataPlace>> | undefined;
}

/** Whether a variable of this name says where data is. */
export function isOfData(name: string): boolean {
  return SCHEMA.test(name) || CATALOG.test(name);
}

/** Whether a variable of this name says in which catalog data is, and not in which schema of it. */
export function isCatalog(name: string): boolean {
  return CATALOG.test(name) && !SCHEMA.test(name);
}

/** Whether a variable is where something may be written, by its name and what it holds. */
export function isPlace({ name, value }: Named): boolean {
  return isOfData(name) && !SOURCE_NAME.test(name) && !ABOUT_ONE.test(name) && A_NAME.test(value);
}

/** Whether what a development target gives to a variable is a place of the copy's own. */
export function isCopys({ name, value }: Named): boolean {
  const plain = value.replace(PERSONAL, 'x');
  return isPlace({ name, value: plain }) || (plain !== value && isOfData(name) && A_NAME.test(plain));
}

/** The catalog of production in small letters; empty where nothing says it, or several do. */
export function catalogOf(variables: readonly Named[]): string {
  const said = variables.flatMap(({ name, value }) => {
    if (isCatalog(name)) return [value.toLowerCase()];
    return isOfData(name) && value.includes('.') ? [value.slice(0, value.indexOf('.')).toLowerCase()] : [];
  });
  const [catalog = '', ...others] = new Set(said.filter((one) => one !== ''));
  return others.length === 0 ? catalog : '';
}

/** What a copy's own variables are: its schemas beside each other are called after those that they stand for. `own`: with production's values. */
export function valuesIn(place: DataPlace, own: readonly Named[]): Record<string, string> {
  const [schema, catalog] = [written(place.schema ?? `dev_${HOLE}`), place.catalog === undefined ? undefined : written(place.catalog)];
  const schemas = new Set(own.flatMap(({ name, value }) => (isCatalog(name) ? [] : [value])));
  const ownOf = ({ name, value }: Named) => {
    if (catalog !== undefined && isCatalog(name)) return catalog;
    const before = value.includes('.') ? [catalog ?? value.slice(0, value.lastIndexOf('.'))] : [];
    return [...before, schemas.size === 1 ? schema : `${schema}${behind(value)}`].join('.');
  };
  return Object.fromEntries(own.map((variable) => [variable.name, ownOf(variable)]));
}

/** What stands behind a copy's schema where it has several. */
function behind(value: string): string {
  return `_${variableName(lastPart(value))}`;
}

export function lastPart(value: string): string {
  return value.slice(value.lastIndexOf('.') + 1);
}

/** The name that `valuesIn` has made a copy's schemas of, with `{short_name}`. `own`: production's values and the copy's. */
export function schemaBehind(own: readonly { readonly value: string; readonly own: string }[]): string | undefined {
  const [first] = own;
  if (first === undefined) return undefined;
  const last = lastPart(first.own.replace(SHORT_NAME, HOLE));
  const isOne = new Set(own.map(({ value }) => value)).size === 1;
  return !isOne && last.endsWith(behind(first.value)) ? last.slice(0, -behind(first.value).length) : last;
}

/**
 * A copy's value that is where production, or another copy, has its data; undefined where none is. `theirs` are the variables as they are
 * there. Another catalog keeps schemas of the same name apart, where everything that is written moves there.
 */
export function metAmong(own: Readonly<Record<string, string>>, theirs: readonly Named[]): string | undefined {
  const valuesOf = (areCatalogs: boolean) =>
    theirs.flatMap(({ name, value }) => (isOfData(name) && isCatalog(name) === areCatalogs ? [value.toLowerCase()] : []));
  const [catalogs, schemas] = [valuesOf(true), valuesOf(false)];
  const isTaken = (catalog: string | undefined) => catalog === undefined || catalogs.includes(catalog.toLowerCase());
  const [mine, places] = [
    Object.entries(own),
    new Set([...schemas, ...schemas.flatMap((one) => catalogs.map((catalog) => `${catalog}.${one}`))]),
  ];
  if (mine.every(([name]) => isCatalog(name))) return mine.find(([, value]) => isTaken(value))?.[1];
  const movable = theirs.filter(({ name }) => isCatalog(name) && !SOURCE_NAME.test(name));
  const isApart = movable.length > 0 && movable.every(({ name }) => !isTaken(own[name]));
  const isMet = (value: string) => (value.includes('.') || !isApart) && places.has(value.toLowerCase());
  return mine.find(([name, value]) => !isCatalog(name) && isMet(value))?.[1];
}

/** A further copy's schema, by that of the first. */
export function schemaOf(target: string, value: string): string {
  return `${value}_${variableName(target)}`;
}

/** A name as somebody gives it, with `{short_name}` where it holds theirs as a word: colleagues get their own. */
export function patternOf(name: string, shortName: string): string {
  const at = `_${name}_`.replaceAll('-', '_').toLowerCase().indexOf(`_${shortName}_`);
  return shortName === '' || at < 0 ? name : `${name.slice(0, at)}${HOLE}${name.slice(at + shortName.length)}`;
}

/** Whether it is another one for each person. */
export function isPersonal(value: string): boolean {
  return value.includes(HOLE) || PERSONAL.test(value);
}

/** As a bundle writes it. */
function written(name: string): string {
  return name.replace(HOLE, SHORT_NAME);
}

/** For people: whose copy it is stands for itself. */
export function ownName(value: string): string {
  return nameOf(value, '<your name>').replace(PERSONAL, '<your name>');
}

/** A copy's value for one person, by their short name. */
export function nameOf(value: string, shortName: string): string {
  return value.replace(SHORT_NAME, () => shortName).replace(HOLE, () => shortName);
}

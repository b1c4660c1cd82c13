// What a run of a development copy reads, writes and starts, by the code in the bundle and the values that its target gives: also what production writes to.
import type { Analysis } from '../../analysis/analyze.ts';
import { rest, spend } from '../../analysis/source/stretches.ts';
import { isFixedPlace } from '../../analysis/storage-paths.ts';
import { isChange } from '../../analysis/table-places.ts';
import { analyzeWheels } from '../../analysis/wheels.ts';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { leavesOf } from '../../bundle/model/leaves.ts';
import { sourceOfFile } from '../../bundle/model/notebooks.ts';
import { wheelUses } from '../../bundle/model/wheel-uses.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { apart } from '../../worker/apart.ts';
import { code, counted, listed } from '../policy/phrases.ts';
import { type Finding, SHARED_DATA } from '../policy/release-diff.ts';
import { dashboardsOfCopy } from './dashboards-of-copy.ts';
import { filledByDbt, missingFinding, volumesElsewhere } from './missing-data.ts';
import { KINDS, type Named, type Place } from './named.ts';
import { type IsSchemaThere, schemasToMake, statements } from './schemas-of-copy.ts';
import { sqlInSettings } from './sql-in-settings.ts';
import { startedByRun } from './started-by-run.ts';
import { filled, type ValuesByName, valuesGiven } from './values-given.ts';

/** Sources that are looked at: each is parsed. */
const MOST_SOURCES = 200;
/** Tasks of one source that are looked at: each fills every name in it; our choice. */
const MOST_TASKS = 100;
/** Statements that make schemas, of all of them together; our choice. */
const MOST_MADE = 100;
/** Of work, to fill a name in. */
const UNITS_A_NAME = 10;
const CODE = /\.(?:py|sql|scala|r|ipynb)$/i;

/** The rule of the finding that a catalog of its own would keep a copy apart. */
export const BY_CATALOG = 'shared catalog';

/** `resolved` and `production` are resolved configurations; without the latter only what is written down counts as production's. */
export async function dataOfRun(
  files: readonly BundleFile[],
  resolved: JsonObject,
  production: JsonObject | undefined,
  isThere: IsSchemaThere = async () => undefined,
): Promise<Finding[]> {
  const sources = files.filter(({ path }) => CODE.test(path) && path.startsWith('src/')).slice(0, MOST_SOURCES);
  const analyses: { file: BundleFile; analysis: Analysis }[] = [];
  for (const file of sources) {
    analyses.push({ file, analysis: await apart.analyze(sourceOfFile(file)) });
  }
  const jobs = Object.values(objectOf(objectOf(resolved.resources).jobs)).map((job) => leavesOf(objectOf(job)));
  const programs = jobs.flatMap((leaves) => wheelUses(leaves).programs);
  const dependencies = analyses.flatMap(({ analysis }) => analysis.dependencies);
  analyses.push(...(await analyzeWheels(files, { programs, dependencies, analyze: apart.analyze })));
  const [here, there] = [resolved, production ?? {}].map((one) => valuesGiven(one));
  if (here === undefined || there === undefined) return [];
  const tables: Named[] = [];
  const logged: Named[] = [];
  const shared: Place[] = [];
  const byCatalog: string[] = [];
  const paths: string[] = [];
  const volumes = new Map<string, string>();
  const filledSchemas = filledByDbt(jobs);
  const uses = analyses.flatMap(({ file, analysis }) => {
    const defaults = new Map(
      [...analysis.arguments, ...analysis.widgets].flatMap(({ name, default: value }): [string, string][] =>
        value === undefined ? [] : [[name.toLowerCase(), value]],
      ),
    );
    const givenAs = new Map(analysis.arguments.map((one) => [one.name, one.givenAs]));
    const givenTo = (given: ValuesByName) => (name: string) =>
      (givenAs.get(name) ?? [name]).map((one) => given.get(one)).find((value) => value !== undefined);
    const from = (given: ValuesByName) => (name: string) => givenTo(given)(name) ?? defaults.get(name);
    const inProduction = there.of(file);
    return [...here.of(file)].slice(0, MOST_TASKS).map(([task, values]) => ({
      analysis,
      given: { pipeline: here.pipeline, valueFor: from(values), isGiven: (name: string) => givenTo(values)(name) !== undefined },
      givenThere: { pipeline: there.pipeline, valueFor: from(inProduction.get(task) ?? there.shared) },
    }));
  });
  for (const { analysis, given, givenThere } of uses) {
    spend((analysis.named.length + analysis.paths.read.length) * UNITS_A_NAME);
    await rest();
    if (production !== undefined) for (const [name, original] of volumesElsewhere(analysis, given, givenThere)) volumes.set(name, original);
    for (const { parts, line, ...use } of analysis.named) {
      const [own, productions] = [given, givenThere].map(({ valueFor, pipeline }) => {
        const before = analysis.kind === 'pipeline (DLT)' && parts.length === 1 ? pipeline : [];
        // No part is empty: what is given so somebody says when it is run.
        const all = [...before, ...parts.map((part) => filled(part, valueFor) || part)];
        // A parameter may hold a whole name.
        return all.length === 1 && /^[\w-]+(?:\.[\w-]+){1,2}$/.test(all[0] ?? '') ? (all[0] ?? '').split('.') : all;
      });
      if (own === undefined || productions === undefined) continue;
      const [name, original] = [own.join('.'), productions.join('.')];
      const isMoved = production !== undefined && name !== original && own.length > 1 && !`${name}${original}`.includes('{');
      const instead = isMoved ? { instead: original } : {};
      const table = {
        kind: 'table' as const,
        name,
        ...instead,
        changes: isChange({ ...use, parts, line }),
        ...placeIn(analysis.path, line),
      };
      tables.push(table);
      if (table.changes && own.at(-1)?.includes('{')) filledSchemas.add(own.slice(0, -1).join('.').toLowerCase());
      const isKnown = own.length > 1 && !own.slice(0, -1).some((part) => part.includes('{'));
      const isFixed = !parts.slice(0, -1).some((part) => part.includes('{')) && parts.length > 1;
      if (!table.changes || !isKnown || !((isFixed && !isMoved) || name === original)) continue;
      shared.push(table);
      if (isByCatalog(parts, given.isGiven)) byCatalog.push(name);
    }
    for (const { path, line } of analysis.changedPaths) {
      const [name, original] = [given, givenThere].map(({ valueFor }) => filled(path, valueFor));
      if (name === undefined || !isFixedPlace(name)) continue;
      paths.push(name);
      if (production === undefined ? isFixedPlace(path) : name === original)
        shared.push({ kind: 'path', name, ...placeIn(analysis.path, line) });
    }
    for (const { kind, use, name: said, line } of analysis.logged) {
      const [name, original] = [given, givenThere].map(({ valueFor }) => filled(said, valueFor));
      const changes = use === 'written';
      const [, schemaOfComputed] = /^(.*)\.[^.]*\{[^{}]*\}[^.]*$/.exec(name ?? '') ?? [];
      if (changes && schemaOfComputed !== undefined) filledSchemas.add(schemaOfComputed.toLowerCase());
      if (name === undefined || original === undefined || name === '' || name.includes('{')) continue;
      const instead = production === undefined || name === original || original.includes('{') ? {} : { instead: original };
      const one = { kind, name, ...instead, changes, ...placeIn(analysis.path, line) };
      logged.push(one);
      if (!changes) continue;
      if (production === undefined ? !said.includes('{') : name === original) shared.push(one);
    }
  }
  for (const { name, original, changes, where } of await sqlInSettings(here.texts, production && there.texts)) {
    const instead = original === undefined || original === name ? {} : { instead: original };
    const table = { kind: 'table' as const, name, ...instead, changes, holder: where, where };
    tables.push(table);
    if (changes && (production === undefined || original === name)) shared.push(table);
  }
  // What is run by another file makes schemas by the parameters of that one.
  const patterns = [...new Set(analyses.flatMap(({ analysis }) => analysis.makes))].slice(0, MOST_MADE);
  const made = new Set<string>();
  for (const schema of patterns) {
    spend(uses.length * UNITS_A_NAME);
    await rest();
    for (const { given } of uses) made.add(filled(schema, given.valueFor).toLowerCase());
  }
  const models = logged.filter(({ kind, name }) => kind === 'model' && name.includes('.'));
  const toMake = await schemasToMake([...tables, ...models], made, isThere);
  const moved = new Set(tables.flatMap(({ changes, instead }) => (changes && instead !== undefined ? [instead.toLowerCase()] : [])));
  return [
    ...sharedFinding(shared),
    ...byCatalogFinding(production === undefined ? [] : byCatalog),
    ...startedByRun(jobs),
    ...missingFinding([...tables, ...models], filledSchemas, { volumes, paths }),
    ...lineFinding(
      [...tables, ...models.filter(({ changes }) => !changes)],
      [...paths, ...namesOf(logged.filter(({ changes }) => changes))],
      toMake,
    ),
    ...(await dashboardsOfCopy(files, resolved, moved)),
  ];
}

function placeIn(file: string, line: number): Pick<Place, 'holder' | 'where'> {
  return { holder: file, where: `${code(file)}, line ${line}` };
}

function sharedFinding(shared: readonly Place[]): Finding[] {
  const places = [...new Map(shared.map((one) => [`${one.kind} ${one.name} ${one.holder}`, one])).values()];
  const byKind = KINDS.map((kind) => ({ kind, all: places.filter((one) => one.kind === kind) })).filter(({ all }) => all.length > 0);
  if (byKind.length === 0) return [];
  // One thing may be changed in several files.
  const counts = byKind.map(({ kind, all }) => counted(new Set(all.map(({ name }) => name)).size, kind));
  const named = byKind.flatMap(({ all }) => all.map(({ name, where }) => `${code(name)} (${where})`));
  const text = `A run of this copy changes ${listed(counts, KINDS.length)} of production: ${listed(named)}. Ask me to give this copy its own.`;
  return [{ rule: SHARED_DATA, weight: 'warning', text }];
}

/** Whether nothing but the catalog of a name can be said from outside. */
function isByCatalog([catalog = '', schema = '', ...rest]: readonly string[], isGiven: (name: string) => boolean): boolean {
  const hole = /^\{([^{}]*)\}$/.exec(catalog)?.[1];
  return rest.length === 1 && !schema.includes('{') && hole !== undefined && isGiven(hole.replace(/^.*\./, '').toLowerCase());
}

function byCatalogFinding(names: readonly string[]): Finding[] {
  const all = [...new Set(names)].map(code);
  const text = `The code finds ${listed(all)} by a parameter for the catalog alone: a catalog of its own would keep this copy apart there.`;
  return all.length === 0 ? [] : [{ rule: BY_CATALOG, weight: 'note', text }];
}

function lineFinding(
  tables: readonly Named[],
  others: readonly string[],
  { missing, unknown }: Awaited<ReturnType<typeof schemasToMake>>,
): Finding[] {
  const changed = new Set([...namesOf(tables.filter(({ changes }) => changes)), ...others]);
  const read = namesOf(tables.filter(({ changes, name }) => !changes && !changed.has(name)));
  if (changed.size + read.length === 0) return [];
  const parts = [
    ...(read.length > 0 ? [`reads ${listed(read.map(code))}`] : []),
    ...(changed.size > 0 ? [`writes ${listed([...changed].map(code))}`] : []),
  ];
  const [what, them] = missing.length === 1 ? ['schema', 'it'] : ['schemas', 'them'];
  const unsure = unknown.length === 1 ? 'Where that schema is missing, make it' : 'Where one of these schemas is missing, make it';
  const sentences = [
    `A run ${parts.join(' and ')}.`,
    ...(missing.length === 0
      ? []
      : [`I found no ${what} ${listed(missing.map(code))}: make ${them} before you run it, by ${statements(missing)}.`]),
    ...(unknown.length === 0 ? [] : [`${unsure}: ${statements(unknown)}.`]),
  ];
  return [{ rule: 'data', weight: 'note', text: sentences.join(' ') }];
}

function namesOf(tables: readonly Named[]): string[] {
  // What is a parameter as a whole tells nobody anything.
  return [...new Set(tables.map(({ name }) => name))].filter((name) => !/^\{[^{}]*\}$/.test(name)).sort();
}

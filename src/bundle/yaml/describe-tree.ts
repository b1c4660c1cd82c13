// What the YAML of any tree says it is: name, resources, variables and targets; the job as written, before the CLI resolves it.
import { UserError } from '../../values/errors.ts';
import { isObject, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import type { Bundle, BundleFile, Environment, ResourceType } from '../model/bundle.ts';
import { parseYaml } from './parse.ts';

const RESOURCE_TYPES = ['jobs', 'pipelines', 'dashboards'] as const;

type Description = Pick<Bundle, 'name' | 'resources' | 'variables' | 'targets'>;

/** Files that make up a bundle's configuration: databricks.yml and the YAML under resources/. */
export function isConfiguration(path: string): boolean {
  return path === 'databricks.yml' || /^resources\/.*\.ya?ml$/i.test(path);
}

function readYaml(file: BundleFile): JsonObject {
  const result = parseYaml(file.bytes);
  if (result.ok && (result.value === null || isObject(result.value))) return objectOf(result.value);
  const problem = result.ok ? undefined : result.problems[0];
  throw new UserError({
    doing: `Reading ${file.path}`,
    problem: problem === undefined ? 'it is not a mapping.' : `line ${problem.line}: ${problem.message}.`,
    next: 'Correct it and try again.',
  });
}

/** The parsed configuration files, databricks.yml first. Throws UserError where one can't be read. */
export function configurationOf(files: readonly BundleFile[]): { readonly path: string; readonly value: JsonObject }[] {
  const found = files.filter(({ path }) => isConfiguration(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  if (!found.some(({ path }) => path === 'databricks.yml')) {
    throw new UserError({ doing: 'Reading the bundle', problem: 'it has no databricks.yml.', next: 'Put one at its root.' });
  }
  return found.map((file) => ({ path: file.path, value: readYaml(file) }));
}

/** Reads a tree's configuration. Throws UserError where it has none or can't be read. */
export function describeTree(files: readonly BundleFile[]): Description {
  const parts = configurationOf(files).map(({ value }) => value);
  const merged = (section: string): [string, Json][] => parts.flatMap((part) => Object.entries(objectOf(part[section])));
  const name = parts.map((part) => objectOf(part.bundle).name).find((value) => typeof value === 'string');
  const variables = merged('variables').map(([key, value]) => {
    const { default: given, description } = objectOf(value);
    const text = typeof given === 'object' || given === undefined ? '' : String(given);
    return { name: key, value: text, description: typeof description === 'string' ? description : '' };
  });
  const resources = RESOURCE_TYPES.flatMap((type) =>
    parts.flatMap((part) => Object.keys(objectOf(objectOf(part.resources)[type])).map((key) => ({ type, key }))),
  );
  return {
    name: typeof name === 'string' && name !== '' ? name : 'bundle',
    resources: [...new Map(resources.map((one) => [`${one.type}.${one.key}`, one])).values()],
    variables,
    targets: [...new Set(merged('targets').map(([key]) => key))],
  };
}

/**
 * What each target stands for, by its mode; one without a mode is production, since nothing keeps it apart from others' work. Throws
 * UserError where the YAML can't be read.
 */
function environmentsOf(files: readonly BundleFile[]): ReadonlyMap<string, Environment> {
  const found = new Map<string, Environment>();
  for (const { value } of configurationOf(files))
    for (const [name, target] of Object.entries(objectOf(value.targets)))
      if (!found.has(name) || objectOf(target).mode !== undefined)
        found.set(name, objectOf(target).mode === 'development' ? 'development' : 'production');
  return found;
}

/** What a target stands for. */
export function environmentOf({ files }: Pick<Bundle, 'files'>, target: string): Environment {
  return environmentsOf(files).get(target) ?? 'production';
}

/** The target that the proof speaks of: the first for production that the bundle was made with, else any for production, else the last. */
export function productionTarget({
  files,
  targets,
  adoption,
  added = [],
}: Pick<Bundle, 'files' | 'targets' | 'adoption' | 'added'>): string | undefined {
  const environments = environmentsOf(files);
  const production = targets.filter((target) => environments.get(target) === 'production');
  return production.find((target) => adoption[target] !== undefined && !added.includes(target)) ?? production[0] ?? targets.at(-1);
}

/** The target that is offered by itself, one for development, where anybody may try things: of several the one called dev. Else the first. */
export function offeredTarget({ files, targets }: Pick<Bundle, 'files' | 'targets'>): string | undefined {
  const environments = environmentsOf(files);
  const development = targets.filter((target) => environments.get(target) === 'development');
  return development.find((target) => target === 'dev') ?? development[0] ?? targets[0];
}

/** A resource as the tree writes it (references unresolved), and what a target writes over it. */
export function writtenResource(
  files: readonly BundleFile[],
  type: ResourceType,
  key: string,
  target: string,
): { readonly base: JsonObject; readonly override: JsonObject } {
  const parts = configurationOf(files).map(({ value }) => value);
  const written = (resources: Json | undefined) => objectOf(objectOf(objectOf(resources)[type])[key]);
  const merge = (found: readonly JsonObject[]) => Object.fromEntries(found.flatMap((one) => Object.entries(one)));
  return {
    base: merge(parts.map((part) => written(part.resources))),
    override: merge(parts.map((part) => written(objectOf(objectOf(part.targets)[target]).resources))),
  };
}

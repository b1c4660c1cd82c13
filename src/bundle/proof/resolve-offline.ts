// What a target of a tree resolves to, without the CLI: for trees that we generated ourselves, offline and in tests.
import { isObject, type Json, type JsonObject, objectOf, parseJson } from '../../values/json.ts';
import { joinPath, parentFolder } from '../../values/workspace-path.ts';
import { PROD_ROOT } from '../generate/targets.ts';
import type { BundleFile, ResourceType } from '../model/bundle.ts';
import { leavesOf, mapScalars } from '../model/leaves.ts';
import { remotePath } from '../model/notebooks.ts';
import { pathField } from '../model/path-and-id-fields.ts';
import { configurationOf } from '../yaml/describe-tree.ts';

interface ResolveOptions {
  /** Who would deploy. */
  readonly userName: string;
  /** Ids by `kind:name` for variables that are looked up; without one the reference stays. */
  readonly ids?: ReadonlyMap<string, string> | undefined;
}

/** Lists that the CLI merges by key (its bundle/config/mutator/resourcemutator). */
const KEYS: Readonly<Record<string, string>> = {
  tasks: 'task_key',
  job_clusters: 'job_cluster_key',
  environments: 'environment_key',
  parameters: 'name',
};

/** A key's own value: keys may be called `constructor`. */
function ownValue(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Later configuration over earlier: mappings merge, keyed lists merge by key, other lists follow each other, scalars are replaced. */
function merge(base: Json | undefined, over: Json, name = ''): Json {
  if (isObject(base) && isObject(over)) {
    const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])];
    return Object.fromEntries(
      keys.map((key) => [
        key,
        Object.hasOwn(over, key) ? merge(ownValue(base, key), ownValue(over, key) ?? null, key) : (ownValue(base, key) ?? null),
      ]),
    );
  }
  if (Array.isArray(base) && Array.isArray(over)) {
    const both: readonly Json[] = [...base, ...over];
    const key = KEYS[name];
    if (key === undefined) return both;
    const merged = new Map<Json, Json>();
    for (const item of both) {
      const id = isObject(item) ? (item[key] ?? '') : item;
      merged.set(id, merge(merged.get(id), item));
    }
    return [...merged.values()];
  }
  return over;
}

/**
 * The resolved configuration of a target, in the shape of `bundle validate -o json` as far as a proof needs it: merged, variables and
 * workspace references filled in, local paths as they will lie in the workspace, development mode's changes made. Trees that nobody
 * checked may mean something else to the CLI: this is no validation. Throws UserError where the YAML can't be read.
 */
export function resolveBundle(files: readonly BundleFile[], target: string, { userName, ids }: ResolveOptions): JsonObject {
  const parts = configurationOf(files);
  const whole = objectOf(
    parts.map(({ path, value }) => localPaths(value, path, files)).reduce((sofar, part) => objectOf(merge(sofar, part)), {}),
  );
  const chosen = objectOf(ownValue(whole.targets, target));
  const { targets: _targets, ...rest } = whole;
  const { variables: given, ...over } = chosen;
  const config = objectOf(merge(rest, over));
  const short = shortName(userName);
  const bundle: JsonObject = { ...objectOf(config.bundle), target, mode: chosen.mode ?? null };
  const variables = valuesOf(objectOf(config.variables), objectOf(given), ids);
  const root = String(objectOf(config.workspace).root_path ?? PROD_ROOT);
  const workspace: Record<string, Json> = { current_user: { userName, short_name: short } };
  const known = (path: string): Json | undefined => {
    const [head, ...way] = path.split('.');
    if (head === 'var') {
      const value = variables.get(way.join('.'));
      // The generator's values name whoever deploys, and no other variables.
      return typeof value === 'string' ? fillReferences(value, (inner) => (inner.startsWith('var.') ? undefined : known(inner))) : value;
    }
    const from = head === 'bundle' ? bundle : head === 'workspace' ? workspace : undefined;
    return from === undefined ? undefined : way.reduce<Json | undefined>(ownValue, from);
  };
  workspace.root_path = fillReferences(root, known);
  workspace.file_path = `${String(workspace.root_path)}/files`;
  const resources = withQueues(objectOf(fillReferences(objectOf(config.resources), known)));
  if (chosen.mode === 'development')
    return { bundle, workspace, presets: developmentPresets(short), resources: inDevelopmentMode(resources, short) };
  return { bundle, workspace, resources: withRunAs(resources, fillReferences(objectOf(config.run_as), known)) };
}

/** How the CLI shortens a user's name (its libs/iamutil and libs/textutil). */
export function shortName(userName: string): string {
  return userName
    .replace(/@.*$/s, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, '_')
    .replace(/^_+|(?<!_)_+$/g, '');
}

function valuesOf(declared: JsonObject, given: JsonObject, ids: ReadonlyMap<string, string> | undefined): Map<string, Json> {
  return new Map(
    Object.entries(declared).flatMap(([name, variable]): [string, Json][] => {
      const over = ownValue(given, name);
      const value = over === undefined ? objectOf(variable).default : isObject(over) && 'default' in over ? over.default : over;
      const [kind, lookup] = Object.entries(objectOf(objectOf(variable).lookup))[0] ?? [];
      const found = kind === undefined ? undefined : ids?.get(`${kind}:${String(lookup)}`);
      // A job's id is a number wherever it stands.
      const id = found !== undefined && kind === 'job' ? parseJson(found) : found;
      return value === undefined ? (id === undefined ? [] : [[name, id]]) : [[name, value]];
    }),
  );
}

/** References replaced where they are known; a text that is one reference becomes its value, whatever type that has. */
function fillReferences(value: Json, known: (path: string) => Json | undefined): Json {
  if (typeof value === 'string') {
    const single = /^\$\{([^${}]+)\}$/.exec(value)?.[1];
    if (single !== undefined) return known(single) ?? value;
    return value.replace(/\$\{([^${}]+)\}/g, (text, path: string) => {
      const found = known(path);
      return found === undefined || typeof found === 'object' ? text : String(found);
    });
  }
  if (Array.isArray(value)) return value.map((item: Json) => fillReferences(item, known));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillReferences(item, known)])) : value;
}

/** Relative paths as they will lie in the workspace; notebooks lose their ending (the CLI's mutator/translate_paths). */
function localPaths(value: JsonObject, file: string, files: readonly BundleFile[]): JsonObject {
  const folder = parentFolder(file);
  const byPath = new Map(files.map((one) => [one.path, one]));
  const moved = (type: ResourceType, resource: JsonObject): JsonObject => {
    const places = new Map<string, string>();
    for (const leaf of leavesOf(resource).values()) {
      if (typeof leaf.value !== 'string' || !/^\.\.?\//.test(leaf.value)) continue;
      const path = joinPath(folder, leaf.value);
      const one = byPath.get(path);
      if (type === 'dashboards' && leaf.place === 'file_path') places.set(leaf.place, path);
      else if (pathField(type, leaf)?.read === true)
        places.set(leaf.place, `\${workspace.file_path}/${one === undefined ? path : remotePath(one)}`);
    }
    return mapScalars(resource, (place, scalar) => places.get(place) ?? scalar);
  };
  const of = (type: ResourceType) => (one: JsonObject) => moved(type, one);
  const all = (resources: JsonObject) =>
    changeResources(resources, { jobs: of('jobs'), pipelines: of('pipelines'), dashboards: of('dashboards') });
  const targets = (group: Json) =>
    mapResources(group, (target) => ({ ...target, ...(isObject(target.resources) ? { resources: all(target.resources) } : {}) }));
  return {
    ...value,
    ...(isObject(value.resources) ? { resources: all(value.resources) } : {}),
    ...(isObject(value.targets) ? { targets: targets(value.targets) } : {}),
  };
}

/** A group of resources, each of them changed. */
function mapResources(group: Json | undefined, change: (one: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(objectOf(group)).map(([key, one]) => [key, change(objectOf(one))]));
}

/** All resources, those of each named type changed. */
function changeResources(resources: JsonObject, changes: Partial<Record<ResourceType, (one: JsonObject) => JsonObject>>): JsonObject {
  const changed = Object.entries(changes).filter(([type]) => resources[type] !== undefined);
  return { ...resources, ...Object.fromEntries(changed.map(([type, change]) => [type, mapResources(resources[type], change)])) };
}

function developmentPresets(short: string): JsonObject {
  return {
    name_prefix: `[dev ${short}] `,
    jobs_max_concurrent_runs: 4,
    trigger_pause_status: 'PAUSED',
    tags: { dev: short },
    pipelines_development: true,
  };
}

/** What development mode does to resources (the CLI's mutator/resourcemutator/apply_presets.go). */
function inDevelopmentMode(resources: JsonObject, short: string): JsonObject {
  const prefix = `[dev ${short}] `;
  const paused = (job: JsonObject) =>
    Object.fromEntries(
      ['schedule', 'trigger', 'continuous'].flatMap((name) =>
        isObject(job[name]) ? [[name, { ...objectOf(job[name]), pause_status: objectOf(job[name]).pause_status || 'PAUSED' }]] : [],
      ),
    );
  const named = (one: JsonObject) => ({
    ...one,
    name: `${prefix}${String(one.name ?? '')}`,
    tags: { ...objectOf(one.tags), dev: ownValue(one.tags, 'dev') || short },
  });
  const job = (one: JsonObject): JsonObject => ({
    ...named(one),
    max_concurrent_runs: one.max_concurrent_runs || 4,
    ...paused(one),
  });
  const pipeline = (one: JsonObject): JsonObject => ({
    ...named(one),
    development: true,
    ...(one.continuous === true ? { continuous: false } : {}),
  });
  const dashboard = (one: JsonObject): JsonObject => ({ ...one, display_name: `${prefix}${String(one.display_name ?? '')}` });
  return changeResources(resources, { jobs: job, pipelines: pipeline, dashboards: dashboard });
}

/** A job that says nothing of a queue gets one (facts: bundles#defaults). */
function withQueues(resources: JsonObject): JsonObject {
  return changeResources(resources, { jobs: (one) => ({ ...one, queue: one.queue ?? { enabled: true } }) });
}

/** A target's run_as goes for every job and pipeline that says none. */
function withRunAs(resources: JsonObject, value: Json): JsonObject {
  if (!isObject(value) || Object.keys(value).length === 0) return resources;
  const said = (one: JsonObject): JsonObject => ({ ...one, run_as: one.run_as ?? value });
  return changeResources(resources, { jobs: said, pipelines: said });
}

// What a target of a tree resolves to, without the CLI: for trees that we generated ourselves, offline and in tests.
import type { BundleFile } from './bundle.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { PROD_ROOT } from './targets.ts';
import { configurationOf } from './tree.ts';

export interface ResolveOptions {
  /** Who would deploy. */
  readonly userName: string;
  /** Ids by `kind:name` for variables that are looked up; without one the reference stays. */
  readonly ids?: ReadonlyMap<string, string> | undefined;
}

const NOTEBOOK = /\.(py|sql|scala|r|ipynb)$/i;
const HEADER = /^(#|--|\/\/) Databricks notebook source/;
/** Lists that the CLI merges by key (its bundle/config/mutator/resourcemutator). */
const KEYS: Readonly<Record<string, string>> = {
  tasks: 'task_key',
  job_clusters: 'job_cluster_key',
  environments: 'environment_key',
  parameters: 'name',
};

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** Later configuration over earlier: mappings merge, keyed lists merge by key, other lists follow each other, scalars are replaced. */
function merge(base: Json | undefined, over: Json, name = ''): Json {
  if (isObject(base) && isObject(over)) {
    const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])];
    return Object.fromEntries(keys.map((key) => [key, key in over ? merge(base[key], over[key] ?? null, key) : (base[key] ?? null)]));
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
  const whole = object(
    parts.map(({ path, value }) => localPaths(value, path, files)).reduce((sofar, part) => object(merge(sofar, part)), {}),
  );
  const chosen = object(object(whole.targets)[target]);
  const { targets: _targets, ...rest } = whole;
  const { variables: given, ...over } = chosen;
  const config = object(merge(rest, over));
  const short = userName
    .replace(/@.*$/, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
  const bundle: JsonObject = { ...object(config.bundle), target, mode: chosen.mode ?? null };
  const variables = valuesOf(object(config.variables), object(given), ids);
  const root = String(object(config.workspace).root_path ?? PROD_ROOT);
  const workspace: Record<string, Json> = { current_user: { userName, short_name: short } };
  const known = (path: string): Json | undefined => {
    const [head, ...way] = path.split('.');
    if (head === 'var') return variables.get(way.join('.'));
    const from = head === 'bundle' ? bundle : head === 'workspace' ? workspace : undefined;
    return from === undefined ? undefined : way.reduce<Json | undefined>((value, key) => object(value)[key], from);
  };
  workspace.root_path = fill(root, known);
  workspace.file_path = `${String(workspace.root_path)}/files`;
  const resources = fill(object(config.resources), known);
  const isDevelopment = chosen.mode === 'development';
  return {
    bundle,
    workspace,
    ...(isDevelopment && { presets: presetsOf(short) }),
    resources: runAs(
      isDevelopment ? developed(object(resources), short) : object(resources),
      fill(object(config.run_as), known),
      isDevelopment,
    ),
  };
}

function valuesOf(declared: JsonObject, given: JsonObject, ids: ReadonlyMap<string, string> | undefined): Map<string, Json> {
  return new Map(
    Object.entries(declared).flatMap(([name, variable]): [string, Json][] => {
      const own = given[name];
      const value = own === undefined ? object(variable).default : isObject(own) && 'default' in own ? own.default : own;
      const [kind, lookup] = Object.entries(object(object(variable).lookup))[0] ?? [];
      const found = kind === undefined ? undefined : ids?.get(`${kind}:${String(lookup)}`);
      return value === undefined ? (found === undefined ? [] : [[name, found]]) : [[name, value]];
    }),
  );
}

/** References replaced where they are known; a text that is one reference becomes its value, whatever type that has. */
function fill(value: Json, known: (path: string) => Json | undefined): Json {
  if (typeof value === 'string') {
    const single = /^\$\{([^${}]+)\}$/.exec(value)?.[1];
    if (single !== undefined) return known(single) ?? value;
    return value.replace(/\$\{([^${}]+)\}/g, (text, path: string) => {
      const found = known(path);
      return found === undefined || typeof found === 'object' ? text : String(found);
    });
  }
  if (Array.isArray(value)) return value.map((item: Json) => fill(item, known));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, known)])) : value;
}

/** Relative paths as they will lie in the workspace; notebooks lose their ending (the CLI's mutator/translate_paths). */
function localPaths(value: JsonObject, file: string, files: readonly BundleFile[]): JsonObject {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const byPath = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const moved = (item: Json, field: string): Json => {
    if (typeof item === 'string' && /^\.\.?\//.test(item)) {
      const path = joined(folder, item);
      if (field === 'file_path') return item;
      return `\${workspace.file_path}/${isNotebook(path, byPath.get(path)) && field !== 'include' ? path.replace(NOTEBOOK, '') : path}`;
    }
    if (Array.isArray(item)) return item.map((one: Json) => moved(one, field));
    return isObject(item) ? Object.fromEntries(Object.entries(item).map(([key, one]) => [key, moved(one, key)])) : item;
  };
  return { ...value, ...(value.resources !== undefined && { resources: moved(value.resources, '') }) };
}

function isNotebook(path: string, bytes: Uint8Array | undefined): boolean {
  if (bytes === undefined || !NOTEBOOK.test(path)) return false;
  return path.toLowerCase().endsWith('.ipynb') || HEADER.test(new TextDecoder().decode(bytes.subarray(0, 40)));
}

function joined(folder: string, path: string): string {
  const way = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') way.pop();
    else if (part !== '.' && part !== '') way.push(part);
  }
  return way.join('/');
}

function presetsOf(short: string): JsonObject {
  return {
    name_prefix: `[dev ${short}] `,
    jobs_max_concurrent_runs: 4,
    trigger_pause_status: 'PAUSED',
    tags: { dev: short },
    pipelines_development: true,
  };
}

/** What development mode does to jobs and pipelines (the CLI's mutator/resourcemutator/apply_presets.go). */
function developed(resources: JsonObject, short: string): JsonObject {
  const prefix = `[dev ${short}] `;
  const paused = (job: JsonObject) =>
    Object.fromEntries(
      ['schedule', 'trigger', 'continuous'].flatMap((name) =>
        isObject(job[name]) ? [[name, { ...object(job[name]), pause_status: object(job[name]).pause_status ?? 'PAUSED' }]] : [],
      ),
    );
  const each = (group: Json | undefined, change: (one: JsonObject) => JsonObject) =>
    Object.fromEntries(Object.entries(object(group)).map(([key, one]) => [key, change(object(one))]));
  return {
    ...resources,
    ...(resources.jobs !== undefined && {
      jobs: each(resources.jobs, (job) => ({
        ...job,
        name: `${prefix}${String(job.name ?? '')}`,
        tags: { ...object(job.tags), dev: short },
        max_concurrent_runs: job.max_concurrent_runs === undefined || job.max_concurrent_runs === 1 ? 4 : job.max_concurrent_runs,
        ...paused(job),
      })),
    }),
    ...(resources.pipelines !== undefined && {
      pipelines: each(resources.pipelines, (one) => ({ ...one, name: `${prefix}${String(one.name ?? '')}`, development: true })),
    }),
  };
}

/** A target's run_as goes for every job and pipeline that says none. */
function runAs(resources: JsonObject, value: Json, isDevelopment: boolean): JsonObject {
  if (isDevelopment || !isObject(value) || Object.keys(value).length === 0) return resources;
  const said = (group: Json | undefined) =>
    Object.fromEntries(Object.entries(object(group)).map(([key, one]) => [key, { ...object(one), run_as: object(one).run_as ?? value }]));
  return {
    ...resources,
    ...(resources.jobs !== undefined && { jobs: said(resources.jobs) }),
    ...(resources.pipelines !== undefined && { pipelines: said(resources.pipelines) }),
  };
}

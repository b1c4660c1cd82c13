// The targets of a bundle: those in development mode for a person's own paused copy, and those that stand for production.
import { isObject, itemsIn, type Json, type JsonObject } from '../../values/json.ts';
import { canonicalPath } from '../../values/workspace-path.ts';
import { namesOf } from '../data/holes.ts';
import type { Adoption, Environment, SourceTables } from '../model/bundle.ts';
import { grantPlace } from '../model/id-references.ts';
import type { Leaf } from '../model/leaves.ts';
import { parameterGiven } from '../model/path-and-id-fields.ts';
import type { KeyedResource } from '../model/resources.ts';
import { freeName, variableName } from '../model/safe-names.ts';
import type { YamlComment } from '../yaml/render.ts';
import { targetRunAs } from './resource-value.ts';
import type { Variable } from './variables.ts';

/** Where production lies where nobody says it: below the home of whoever deploys. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: references of the bundle, not of JavaScript
export const PROD_ROOT = '/Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}';

/** A target and what it stands for. */
export interface TargetWish {
  readonly name: string;
  readonly environment: Environment;
}

interface TargetsInput {
  readonly targets: readonly TargetWish[];
  readonly adoption: Readonly<Record<string, Adoption>>;
  /** Where a target lies in the workspace, by its name; left out, production lies below the home of whoever deploys. */
  readonly roots: Readonly<Record<string, string>>;
  readonly resources: readonly KeyedResource[];
  /** See GenerateOptions. */
  readonly deployer?: string | undefined;
  /** What stands at a place instead of its value. */
  readonly byPlace: ReadonlyMap<string, string>;
  /** Values that variables have in a development target instead of their own. */
  readonly own: (target: string) => JsonObject;
  /** Where a dashboard's datasets read in a development copy, by its key: the service writes it into each (facts: bundles#resource-kinds). */
  readonly datasets: ReadonlyMap<string, JsonObject>;
  /** Values that variables have where nothing starts by itself. */
  readonly paused: JsonObject;
}

type ByResource = (resource: KeyedResource) => JsonObject;

/** What a target says over the resources, by type and key; nothing where it says nothing. */
function overrides(resources: readonly KeyedResource[], of: ByResource): JsonObject {
  const types = new Map<string, Record<string, Json>>();
  for (const resource of resources) {
    const value = of(resource);
    if (Object.keys(value).length === 0) continue;
    const group = types.get(resource.type) ?? {};
    types.set(resource.type, { ...group, [resource.key]: value });
  }
  return types.size === 0 ? {} : { resources: Object.fromEntries(types) };
}

/**
 * What keeps a copy from starting by itself. Development mode pauses what says nothing of it, but lets `UNPAUSED` run; in production
 * everything that isn't paused runs (facts: bundles#targets-and-modes).
 */
function paused({ type, value }: KeyedResource, environment: Environment): JsonObject {
  if (type === 'pipelines') return value.continuous === true ? { continuous: false } : {};
  const running = ['schedule', 'trigger', 'continuous'].filter((name) => {
    const trigger = value[name];
    if (!isObject(trigger)) return false;
    return environment === 'development' ? trigger.pause_status === 'UNPAUSED' : trigger.pause_status !== 'PAUSED';
  });
  return Object.fromEntries(running.map((name) => [name, { pause_status: 'PAUSED' }]));
}

interface Pauses {
  /** The resources, in which each trigger says whether it runs. */
  readonly resources: readonly KeyedResource[];
  /** What is paused by one value; undefined where nothing in such a list runs. */
  readonly variable: Variable | undefined;
  /** Where it stands. */
  readonly places: readonly string[];
}

/** The triggers in a job's list that run: what says nothing does (facts: databricks#job-definitions). */
function runningTriggers({ type, value }: Pick<KeyedResource, 'type' | 'value'>): number[] {
  return type !== 'jobs' ? [] : itemsIn(value.triggers).flatMap((one, i) => (isObject(one) && one.pause_status !== 'PAUSED' ? [i] : []));
}

/**
 * Development mode does not know these triggers, so a copy says itself that they are paused. What a target says of a list is put behind it,
 * so only a variable inside can differ (facts: bundles#targets-and-modes).
 */
export function pauseTriggers(all: readonly KeyedResource[], isTaken: (name: string) => boolean): Pauses {
  const places = all.flatMap((one) => runningTriggers(one).map((i) => `${one.prefix}triggers[${i}].pause_status`));
  if (places.length === 0) return { resources: all, variable: undefined, places };
  const name = freeName('triggers_pause_status', isTaken);
  const says = (one: Json): Json => (isObject(one) ? { ...one, pause_status: one.pause_status ?? 'UNPAUSED' } : one);
  const resources = all.map((one) =>
    runningTriggers(one).length === 0 ? one : { ...one, value: { ...one.value, triggers: itemsIn(one.value.triggers).map(says) } },
  );
  return { resources, variable: { name, value: 'UNPAUSED', description: 'Whether the triggers run: PAUSED or UNPAUSED' }, places };
}

interface Experiments {
  readonly variables: readonly Variable[];
  /** The variable by the place of the value that it stands for. */
  readonly byPlace: ReadonlyMap<string, string>;
  /** Of a development target, by variable: its value there. */
  readonly own: (target: string) => Readonly<Record<string, string>>;
}

/** Whoever deploys. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the bundle, not of JavaScript
const USER_NAME = '${workspace.current_user.userName}';

/** An experiment's path, and what it is called there. */
const EXPERIMENT = /^(\/Workspace)?\/(?:[^{}$\r\n]*\/)?(?:prod[-_])?([^{}$/\r\n]+)$/;

/** What it is in a copy: in the home of whoever deploys it, called after the target; undefined of what is no path. */
export function ownExperiment(path: string, target: string, user: string): string | undefined {
  const [, before = '', name] = EXPERIMENT.exec(path) ?? [];
  return name === undefined ? undefined : `${before}/Users/${user}/${target}-${name}`;
}

/** The parameter that says one, by its name too. */
function experimentGiven(leaf: Leaf): { name: string; value: string } | undefined {
  const { name = '', value } = parameterGiven(leaf) ?? {};
  return /experiment/i.test(name) && typeof value === 'string' && EXPERIMENT.test(value) ? { name, value } : undefined;
}

/** Whether a parameter says to which experiment runs are logged: it counts what the code does with it. */
export function namesExperiment(resources: readonly KeyedResource[]): boolean {
  return resources.some(({ type, leaves }) => type === 'jobs' && [...leaves.values()].some((leaf) => experimentGiven(leaf) !== undefined));
}

/**
 * Experiments of MLflow that parameters say and code logs to: a development copy logs to one in the home of whoever deploys it, as
 * Databricks' own template does (databricks/mlops-stacks), so that its runs are not among production's.
 */
export function ownExperiments(
  resources: readonly KeyedResource[],
  sources: readonly SourceTables[],
  isTaken: (name: string) => boolean,
): Experiments {
  const logged = new Set(sources.flatMap(({ experiments = [] }) => experiments.flatMap(namesOf)));
  const byValue = new Map<string, Variable>();
  const byPlace = new Map<string, string>();
  for (const { type, prefix, leaves } of logged.size === 0 ? [] : resources) {
    for (const leaf of type === 'jobs' ? leaves.values() : []) {
      const { name: parameter = '', value = '' } = experimentGiven(leaf) ?? {};
      if (!logged.has(parameter.toLowerCase())) continue;
      const isUsed = (name: string) => isTaken(name) || [...byValue.values()].some((one) => one.name === name);
      const name = byValue.get(value)?.name ?? freeName(variableName(parameter), isUsed);
      byValue.set(value, { name, value, description: 'Experiment of MLflow that runs are logged to' });
      byPlace.set(`${prefix}${leaf.place}`, name);
    }
  }
  const variables = [...byValue.values()];
  const ownValue = (target: string, value: string) => ownExperiment(value, target, USER_NAME) ?? value;
  const own = (target: string) => Object.fromEntries(variables.map(({ name, value }) => [name, ownValue(target, value)]));
  return { variables, byPlace, own };
}

/** Whether something of these starts by itself. */
export function startsByItself(resources: readonly KeyedResource[]): boolean {
  return resources.some((resource) => runningTriggers(resource).length > 0 || Object.keys(paused(resource, 'production')).length > 0);
}

function lifecycle(adoption: Adoption | undefined, { id }: KeyedResource): JsonObject {
  return adoption === 'bind' && id !== '' ? { lifecycle: { prevent_destroy: true } } : {};
}

/**
 * The CLI keeps dashboards in a folder of the deployment, and makes one anew (the original goes) whose folder is another
 * (facts: bundles#resource-kinds).
 */
function folder(adoption: Adoption | undefined, { parentPath }: KeyedResource): JsonObject {
  return adoption === 'bind' && parentPath !== undefined ? { parent_path: `/Workspace${canonicalPath(parentPath)}` } : {};
}

/**
 * Whoever deploys owns what they deploy, where there are permissions: the CLI adds that by itself, unless an owner is named. What is taken
 * over keeps its owner, whoever deploys (facts: bundles#permissions-and-run_as).
 */
function permissions(adoption: Adoption | undefined, { grants, prefix }: KeyedResource, byPlace: ReadonlyMap<string, string>): JsonObject {
  const all = (grants ?? []).map(({ principal, name, level }, i) => ({ level, [principal]: byPlace.get(grantPlace(prefix, i)) ?? name }));
  const given = all.filter(({ level }) => level !== 'IS_OWNER');
  if (given.length === 0) return {};
  return { permissions: adoption === 'bind' ? [...all.filter(({ level }) => level === 'IS_OWNER'), ...given] : given };
}

/** Said also where it is whoever deploys: the next who deploys would be another one (facts: bundles#permissions-and-run_as). */
function runAsOf(resource: KeyedResource, byPlace: ReadonlyMap<string, string>): JsonObject {
  const runAs = targetRunAs(resource) ?? runAsItIs(resource);
  if (runAs === undefined) return {};
  return {
    run_as: Object.fromEntries(Object.entries(runAs).map(([key, value]) => [key, byPlace.get(`${resource.prefix}run_as.${key}`) ?? value])),
  };
}

function runAsItIs({ type, value, runAs }: KeyedResource): JsonObject | undefined {
  if (type === 'dashboards' || runAs === undefined || value.run_as !== undefined) return undefined;
  return { [runAs.includes('@') ? 'user_name' : 'service_principal_name']: runAs };
}

function given(variables: JsonObject): JsonObject {
  return Object.keys(variables).length === 0 ? {} : { variables };
}

/** Under /Workspace/Shared the CLI wants it said that everybody may change what is deployed (facts: bundles#deployment-folders). */
const EVERYBODY = [{ level: 'CAN_MANAGE', group_name: 'users' }];

/** Everything under `targets`. */
export function renderTargets({
  targets,
  adoption,
  roots,
  resources,
  deployer,
  byPlace,
  own: ownValues,
  datasets,
  paused: pauses,
}: TargetsInput): JsonObject {
  const [main, ...others] = resources;
  // What a target says about run_as goes for every job and pipeline of it: only a single one can say it there.
  const shared = main === undefined || others.length > 0 ? {} : runAsOf(main, byPlace);
  const offered = targets.find(({ environment }) => environment === 'development')?.name;
  return Object.fromEntries(
    targets.map(({ name, environment }) => {
      const adopted = adoption[name];
      const root = roots[name];
      if (environment === 'development') {
        const own = overrides(resources, (resource) => ({
          ...paused(resource, environment),
          ...(adopted === 'bind' || resource.type !== 'dashboards' ? {} : datasets.get(resource.key)),
          ...lifecycle(adopted, resource),
        }));
        const at = root === undefined ? {} : { workspace: { root_path: root } };
        return [
          name,
          { mode: environment, ...(name === offered ? { default: true } : {}), ...at, ...given({ ...ownValues(name), ...pauses }), ...own },
        ];
      }
      const isPaused = adopted === 'beside' && startsByItself(resources);
      const own = overrides(resources, (resource) => ({
        ...(others.length > 0 && (resource === main || targetRunAs(resource) !== undefined || resource.runAs !== deployer)
          ? runAsOf(resource, byPlace)
          : {}),
        // The API refuses a second pipeline of the same name unless it is told.
        ...(resource.type === 'pipelines' && adopted !== 'bind' ? { allow_duplicate_names: true } : {}),
        ...folder(adopted, resource),
        ...(isPaused ? paused(resource, environment) : {}),
        ...permissions(adopted, resource, byPlace),
        ...lifecycle(adopted, resource),
      }));
      const written = {
        mode: environment,
        workspace: { root_path: root ?? PROD_ROOT },
        ...(root?.startsWith('/Workspace/Shared/') ? { permissions: EVERYBODY } : {}),
        // For jobs that are added later, too.
        ...(isPaused ? { presets: { trigger_pause_status: 'PAUSED' }, ...given(pauses) } : {}),
      };
      return [name, { ...written, ...shared, ...own }];
    }),
  );
}

/** What stands before targets, for people: edits in the thread leave it true. */
export function targetComments(
  targets: readonly TargetWish[],
  adoption: Readonly<Record<string, Adoption>>,
  resources: readonly KeyedResource[],
): YamlComment[] {
  const main = targets.find(({ environment }) => environment === 'production')?.name;
  const starts = startsByItself(resources);
  const text = ({ name, environment }: TargetWish): string => {
    const way = adoption[name];
    const isNew = resources.every(({ id }) => id === '');
    if (environment === 'development' && way !== 'bind')
      return 'Your own copy: its name gets a prefix, and nothing in it starts by itself.';
    if (way === 'bind')
      return `The original itself${environment === 'development' ? ', renamed and paused' : ''}, once it is bound as README.md says.`;
    if (way === 'beside') return `A copy beside the original${starts ? ', in which nothing starts by itself' : ''}.`;
    if (way === 'replace') return `A copy in place of the original${starts ? ', which is to start by itself no longer' : ''}.`;
    if (name !== main) return `Made like ${main}.`;
    if (isNew) return 'For everybody: under its own name.';
    return `A copy of the original${starts ? ': pause one of the two where both start by themselves' : ''}.`;
  };
  return targets.map((target) => ({ at: ['targets', target.name], text: text(target) }));
}

// The targets of a bundle: dev for a person's own paused copy, prod as things were, and others that are made like prod.
import { isObject, type Json, type JsonObject } from '../../values/json.ts';
import { canonicalPath } from '../../values/workspace-path.ts';
import type { Adoption } from '../model/bundle.ts';
import { grantPlace } from '../model/id-references.ts';
import type { KeyedResource } from '../model/resources.ts';
import type { YamlComment } from '../yaml/render.ts';
import { targetRunAs } from './resource-value.ts';

/** Where production lives: below the deployer's home, so that nobody else can change what runs. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: references of the bundle, not of JavaScript
export const PROD_ROOT = '/Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}';

interface TargetsInput {
  readonly names: readonly string[];
  readonly adoption: Readonly<Record<string, Adoption>>;
  readonly resources: readonly KeyedResource[];
  /** What stands at a place instead of its value. */
  readonly byPlace: ReadonlyMap<string, string>;
  /** Values of the variables that may differ from target to target. */
  readonly variables: JsonObject;
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

/** Development mode pauses what says nothing of it, but lets `UNPAUSED` run: a copy must not start by itself (facts: bundles#targets-and-modes). */
function paused({ type, value }: KeyedResource): JsonObject {
  if (type === 'pipelines') return value.continuous === true ? { continuous: false } : {};
  const running = ['schedule', 'trigger', 'continuous'].filter((name) => {
    const trigger = value[name];
    return isObject(trigger) && trigger.pause_status === 'UNPAUSED';
  });
  return Object.fromEntries(running.map((name) => [name, { pause_status: 'PAUSED' }]));
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

function permissions({ grants, prefix }: KeyedResource, byPlace: ReadonlyMap<string, string>): JsonObject {
  // The deployer owns what it deploys; the CLI adds that by itself.
  const kept = (grants ?? []).flatMap(({ principal, name, level }, i) =>
    level === 'IS_OWNER' ? [] : [{ level, [principal]: byPlace.get(grantPlace(prefix, i)) ?? name }],
  );
  return kept.length === 0 ? {} : { permissions: kept };
}

function runAsOf(resource: KeyedResource, byPlace: ReadonlyMap<string, string>): JsonObject {
  const runAs = targetRunAs(resource);
  if (runAs === undefined) return {};
  return {
    run_as: Object.fromEntries(Object.entries(runAs).map(([key, value]) => [key, byPlace.get(`${resource.prefix}run_as.${key}`) ?? value])),
  };
}

/** Everything under `targets`. */
export function renderTargets({ names, adoption, resources, byPlace, variables }: TargetsInput): JsonObject {
  const perTarget = Object.keys(variables).length === 0 ? {} : { variables };
  const [main, ...others] = resources;
  // What a target says about run_as goes for every job and pipeline of it: only a single one can say it there.
  const shared = main === undefined || others.length > 0 ? {} : runAsOf(main, byPlace);
  return Object.fromEntries(
    names.map((name) => {
      const adopted = adoption[name];
      if (name === 'dev') {
        const own = overrides(resources, (resource) => ({ ...paused(resource), ...lifecycle(adopted, resource) }));
        return [name, { mode: 'development', default: true, ...perTarget, ...own }];
      }
      const own = overrides(resources, (resource) => ({
        ...(others.length > 0 ? runAsOf(resource, byPlace) : {}),
        // The API refuses a second pipeline of the same name unless it is told.
        ...(resource.type === 'pipelines' && adopted !== 'bind' ? { allow_duplicate_names: true } : {}),
        ...folder(adopted, resource),
        ...permissions(resource, byPlace),
        ...lifecycle(adopted, resource),
      }));
      return [name, { mode: 'production', workspace: { root_path: PROD_ROOT }, ...shared, ...perTarget, ...own }];
    }),
  );
}

/** What stands before each target, for people. */
export function targetComments(names: readonly string[], adoption: Readonly<Record<string, Adoption>>): YamlComment[] {
  const text = (name: string): string => {
    if (name === 'dev') return 'Your own copy: its name gets a prefix, schedules and triggers are paused.';
    if (adoption[name] === 'bind') return 'The original itself, once it is bound as README.md says.';
    return name === 'prod' ? 'The job as it was.' : 'Made like prod; give the variables values of its own.';
  };
  return names.map((name) => ({ at: ['targets', name], text: text(name) }));
}

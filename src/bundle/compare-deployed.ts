// Whether a deployed job is what its bundle says: the CLI's resolved resource beside what jobs/get answers.
import { isAssumed, settingsOnly } from './defaults.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { type Leaf, leavesOf } from './places.ts';

export interface DeployedDifference {
  readonly place: string;
  /** In the bundle. */
  readonly was: Json | undefined;
  /** In the workspace. */
  readonly is: Json | undefined;
}

function same(a: Leaf, b: Leaf): boolean {
  return a.value === b.value || (typeof a.value !== 'boolean' && typeof b.value !== 'boolean' && String(a.value) === String(b.value));
}

/**
 * Differences between a job or pipeline as deployed and its bundle, server-only fields and server defaults aside; empty means equal.
 * @param input.resolved `bundle validate -o json` of the deployed target
 * @param input.deployed the `settings` of jobs/get, the `spec` of pipelines/get
 */
export function compareDeployed(input: {
  resolved: JsonObject;
  type?: 'jobs' | 'pipelines';
  resourceKey: string;
  deployed: JsonObject;
  /** Ids of what was deployed with it, by `jobs.key`. */
  ids?: ReadonlyMap<string, string>;
}): DeployedDifference[] {
  const { type = 'jobs', ids } = input;
  const group = isObject(input.resolved.resources) ? input.resolved.resources[type] : undefined;
  const job = isObject(group) ? group[input.resourceKey] : undefined;
  if (!isObject(job)) return [{ place: `resources.${type}.${input.resourceKey}`, was: undefined, is: null }];
  const [wanted, there] = [settingsOnly(job), settingsOnly(input.deployed)];
  const [was, is] = [leavesOf(wanted), leavesOf(there)];
  const missing = [...was.values()].flatMap((leaf): DeployedDifference[] => {
    const found = is.get(leaf.place);
    if (found === undefined) return isAssumed(leaf, wanted) ? [] : [{ place: leaf.place, was: leaf.value, is: undefined }];
    const link = /^\$\{resources\.(\w+\.[\w-]+)\.id\}$/.exec(String(leaf.value))?.[1];
    return same(leaf, found) || (link !== undefined && ids?.get(link) === String(found.value))
      ? []
      : [{ place: leaf.place, was: leaf.value, is: found.value }];
  });
  const added = [...is.values()].filter((leaf) => !was.has(leaf.place) && !isAssumed(leaf, there));
  return [...missing, ...added.map((leaf) => ({ place: leaf.place, was: undefined, is: leaf.value }))];
}

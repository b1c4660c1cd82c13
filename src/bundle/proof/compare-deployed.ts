// Whether what is deployed is what its bundle says: the CLI's resolved resource beside what the workspace answers.
import { isObject, itemsIn, type Json, type JsonObject, parseJson } from '../../values/json.ts';
import type { DashboardDefinition } from '../model/bundle.ts';
import { type Leaf, leavesOf } from '../model/leaves.ts';
import { isDefault, settingsOnly } from './defaults.ts';
import { isNeverReturned, isServerValue } from './deployed-defaults.ts';
import { deployerOf, resolvedResource } from './resolved-target.ts';

export interface DeployedDifference {
  readonly place: string;
  /** In the bundle. */
  readonly was: Json | undefined;
  /** In the workspace. */
  readonly is: Json | undefined;
}

interface Input {
  /** `bundle validate -o json` of the deployed target. */
  readonly resolved: JsonObject;
  readonly resourceKey: string;
}

function same(a: Leaf, b: Leaf): boolean {
  return a.value === b.value || (typeof a.value !== 'boolean' && typeof b.value !== 'boolean' && String(a.value) === String(b.value));
}

/**
 * Differences between a job or pipeline as deployed and its bundle, server-only fields and server defaults aside; empty means equal.
 * @param input.deployed the `settings` of jobs/get, the `spec` of pipelines/get
 * @param input.runAs who it runs as by the answer's `run_as_user_name`; a pipeline's spec does not say it
 */
export function compareDeployed(
  input: Input & {
    type?: 'jobs' | 'pipelines';
    deployed: JsonObject;
    runAs?: string | undefined;
    /** Ids of what was deployed with it, by `jobs.key`. */
    ids?: ReadonlyMap<string, string>;
  },
): DeployedDifference[] {
  const { type = 'jobs', resolved, resourceKey, runAs, ids } = input;
  const resource = resolvedResource(resolved, type, resourceKey);
  if (resource === undefined) return [{ place: `resources.${type}.${resourceKey}`, was: undefined, is: null }];
  const [wanted, there] = [settingsOnly(resource), settingsOnly(input.deployed)];
  const [was, is] = [leavesOf(wanted), leavesOf(there)];
  const missing = [...was.values()].flatMap((leaf): DeployedDifference[] => {
    const found = is.get(leaf.place);
    if (found === undefined) {
      const said = leaf.fields[0] === 'run_as' ? leaf.value === runAs : isNeverReturned(type, leaf);
      return said || isDefault(leaf, wanted) ? [] : [{ place: leaf.place, was: leaf.value, is: undefined }];
    }
    const link = /^\$\{resources\.(\w+\.[\w-]+)\.id\}$/.exec(String(leaf.value))?.[1];
    return same(leaf, found) || (link !== undefined && ids?.get(link) === String(found.value))
      ? []
      : [{ place: leaf.place, was: leaf.value, is: found.value }];
  });
  const deployer = deployerOf(resolved);
  const added = [...is.values()].filter(
    (leaf) => !was.has(leaf.place) && !isDefault(leaf, there) && !isServerValue(type, leaf, { deployer, id: input.deployed.id }),
  );
  return [...missing, ...added.map((leaf) => ({ place: leaf.place, was: undefined, is: leaf.value }))];
}

/** The same of a dashboard. */
export function compareDashboard(input: Input & { deployed: DashboardDefinition }): DeployedDifference[] {
  const { resolved, resourceKey, deployed } = input;
  const resource = resolvedResource(resolved, 'dashboards', resourceKey);
  if (resource === undefined) return [{ place: `resources.dashboards.${resourceKey}`, was: undefined, is: null }];
  const fields = [
    { place: 'display_name', was: resource.display_name, is: deployed.name },
    { place: 'warehouse_id', was: resource.warehouse_id, is: deployed.warehouseId },
    { place: 'embed_credentials', was: resource.embed_credentials === true, is: deployed.embedCredentials === true },
  ].filter(({ was, is }) => was !== is);
  const [was, is] = [inSchema(contentOf(resource.serialized_dashboard), resource), contentOf(deployed.serialized)];
  const [before, after] = [leavesOf({ content: was }), leavesOf({ content: is })];
  const places = new Set([...before.keys(), ...after.keys()]);
  const content = [...places].flatMap((place): DeployedDifference[] => {
    const [one, other] = [before.get(place), after.get(place)];
    if (one?.value === other?.value || (one === undefined && /^content\.pages\[\d+\]\.pageType$/.test(place))) return [];
    return [{ place, was: one?.value, is: other?.value }];
  });
  return [...fields, ...content];
}

/** The service gives every dataset the place that the resource says (facts: bundles#resource-kinds). */
function inSchema(content: Json, { dataset_catalog: catalog, dataset_schema: schema }: JsonObject): Json {
  if (!isObject(content) || (catalog === undefined && schema === undefined)) return content;
  const place = { ...(catalog === undefined ? {} : { catalog }), ...(schema === undefined ? {} : { schema }) };
  return { ...content, datasets: itemsIn(content.datasets).map((one) => (isObject(one) ? { ...one, ...place } : one)) };
}

/** The service writes the text anew, so that only what it means can be compared. */
function contentOf(serialized: Json | undefined): Json {
  if (typeof serialized !== 'string') return serialized ?? null;
  try {
    return parseJson(serialized);
  } catch (error) {
    if (error instanceof SyntaxError) return serialized;
    throw error;
  }
}

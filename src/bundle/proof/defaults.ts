// What the platform or the CLI assumes or adds by itself: writing it down or leaving it out makes the same job.
import { isObject, type Json, type JsonObject } from '../../values/json.ts';
import { wordSet } from '../../values/text.ts';
import type { ResourceType } from '../model/bundle.ts';
import type { Leaf } from '../model/leaves.ts';
import { PIPELINE_SERVER_ONLY } from '../model/server-only-fields.ts';

/** Mappings whose keys people choose: an empty or zero value in them counts (facts: databricks#job-definitions). */
const USER_DEFINED_MAPS = wordSet(
  `base_parameters named_parameters python_named_params spark_conf spark_env_vars custom_tags tags job_parameters notebook_params options
  sql_params variables parameters notebook_base_parameters`,
);
/** Fields of a resolved or deployed job that are no settings of the job: the CLI's marks, the server's, and grants. */
const NO_SETTINGS = wordSet(
  `format edit_mode deployment id url modified_status lifecycle permissions job_id created_time creator_user_name run_as_user_name
  run_as_owner`,
);
/** Values the Jobs API documents for absent fields (facts: bundles#defaults). */
const DEFAULTS: readonly (readonly [RegExp, Json])[] = [
  [/^max_concurrent_runs$/, 1],
  [/^(schedule|trigger|continuous|triggers\[\d+\])\.pause_status$/, 'UNPAUSED'],
  [/\.run_if$/, 'ALL_SUCCESS'],
  [/^name$/, 'Untitled'],
  [/^queue\.enabled$/, false],
  [/\.workload_type\.clients\.(notebooks|jobs)$/, true],
  [/\.dbt_task\.schema$/, 'default'],
  [/_task(\.file)?\.source$/, 'WORKSPACE'],
  // Of pipelines; the CLI writes them down by itself.
  [/^channel$/, 'CURRENT'],
  [/^edition$/, 'ADVANCED'],
];
/** What the CLI empties in a cluster that takes its machines from a pool (its resourcemutator/cluster_fixups). */
const OF_THE_POOL = /\.new_cluster\.(node_type_id|driver_node_type_id|enable_elastic_disk|(aws|azure|gcp)_attributes\..*)$/;

/** Written by us or by the CLI into every dashboard. */
const OF_A_DASHBOARD = new Set(['file_path', 'parent_path', 'serialized_dashboard', 'path', 'etag']);

/** The settings in a job, without what only the server or the CLI writes. */
export function settingsOnly(job: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(job).filter(([key]) => !NO_SETTINGS.has(key)));
}

/** Whether a value stands in a mapping or list that people fill: there an empty or zero value is a value too. */
export function isUserDefined(leaf: Leaf): boolean {
  const inList = leaf.keys.at(-1) !== leaf.fields.at(-1);
  return inList || USER_DEFINED_MAPS.has(leaf.fields.at(-2) ?? '');
}

/** Whether a value's absence means the same as the value. */
export function isDefault(leaf: Leaf, job: JsonObject): boolean {
  if (isObject(job.git_source) && /_task(\.file)?\.source$/.test(leaf.place)) return leaf.value === 'GIT';
  if (DEFAULTS.some(([place, value]) => place.test(leaf.place) && value === leaf.value)) return true;
  return !isUserDefined(leaf) && (leaf.value === false || leaf.value === '' || leaf.value === 0);
}

/** Why the CLI leaves this value of a cluster out, if it does; `leaves` are the definition's. */
export function whyDroppedByPool(leaf: Leaf, leaves: ReadonlyMap<string, Leaf>): string | undefined {
  const cluster = leaf.place.match(/^(.*\.new_cluster)\./)?.[1];
  if (cluster === undefined) return undefined;
  const pool = leaves.has(`${cluster}.instance_pool_id`);
  if (pool && OF_THE_POOL.test(leaf.place)) return 'the instance pool decides this; the CLI leaves it out';
  if (!pool && leaf.place.endsWith('.driver_instance_pool_id')) return 'the CLI drops a pool for the driver where the workers have none';
  return undefined;
}

/** What a bundle leaves out of a pipeline or adds to it on purpose, and why; also what a dashboard's configuration has beside its content. */
export function whyLeftOut({ type, id }: { readonly type: ResourceType; readonly id: string }, { place, value }: Leaf): string | undefined {
  if (type === 'dashboards') return OF_A_DASHBOARD.has(place) ? 'says where the content of the dashboard is' : undefined;
  if (type !== 'pipelines') return undefined;
  if (PIPELINE_SERVER_ONLY.has(place)) return 'the platform decides this';
  if (place === 'development') return 'the mode of the target decides this';
  if (place === 'allow_duplicate_names') return 'lets a copy stand beside the original, which has the same name';
  if (place === 'storage' && value === `dbfs:/pipelines/${id}`) return 'the platform makes this folder for each pipeline';
  return undefined;
}

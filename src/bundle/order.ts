// The order of keys in a resource's YAML: what a reader looks for first stands first; keys we don't know follow as the API gave them.
import type { JsonObject } from './json.ts';

const JOB = ['name', 'description', 'tags', 'run_as', 'schedule', 'trigger', 'continuous', 'parameters', 'queue', 'max_concurrent_runs', 'timeout_seconds']
  .concat(['performance_target', 'git_source', 'tasks', 'job_clusters', 'environments', 'health']); // biome-ignore format: one list
/** Of a pipeline, and of what a resource says about a dashboard. */
const PIPELINE = ['name', 'display_name', 'catalog', 'schema', 'target', 'root_path', 'libraries', 'serverless', 'continuous', 'clusters'];
const TASK = ['task_key', 'description', 'disabled', 'depends_on', 'run_if'];
const CLUSTER = ['spark_version', 'node_type_id', 'driver_node_type_id', 'num_workers', 'autoscale'];
/** A map, because names come from outside: `__proto__` is no entry. */
const FIRST: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    job_clusters: ['job_cluster_key'],
    environments: ['environment_key'],
    parameters: ['name'],
    tasks: TASK,
    task: TASK,
    new_cluster: CLUSTER,
    schedule: ['quartz_cron_expression', 'timezone_id', 'pause_status'],
    notebook_task: ['notebook_path'],
    spark_python_task: ['python_file'],
  }),
);

/** The keys of a mapping in reading order; `name` is the key it stands under (that of the list, for an item), empty for a whole resource. */
export function keysInOrder(value: JsonObject, name: string): readonly string[] {
  const first = name === '' ? (Object.hasOwn(value, 'tasks') ? JOB : PIPELINE) : FIRST.get(name);
  const keys = Object.keys(value);
  if (first === undefined) return keys;
  const ahead = new Set(first.filter((key) => Object.hasOwn(value, key)));
  // A task's own kind comes before compute, retries and notifications.
  if (first === TASK) for (const key of keys) if (key.endsWith('_task')) ahead.add(key);
  for (const key of keys) ahead.add(key);
  return [...ahead];
}

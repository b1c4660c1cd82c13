// The order of keys in a job's YAML: what a reader looks for first stands first; keys we don't know follow as the API gave them.
import { isObject, type Json, type JsonObject } from './json.ts';

const JOB = ['name', 'description', 'tags', 'run_as', 'schedule', 'trigger', 'continuous', 'parameters', 'queue', 'max_concurrent_runs', 'timeout_seconds']
  .concat(['performance_target', 'git_source', 'tasks', 'job_clusters', 'environments', 'health']); // biome-ignore format: one list
const TASK = ['task_key', 'description', 'disabled', 'depends_on', 'run_if'];
const CLUSTER = ['spark_version', 'node_type_id', 'driver_node_type_id', 'num_workers', 'autoscale'];
/** A map, because names come from outside: `__proto__` is no entry. */
const FIRST: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    job_clusters: ['job_cluster_key'],
    environments: ['environment_key'],
    parameters: ['name'],
    tasks: TASK,
    new_cluster: CLUSTER,
    schedule: ['quartz_cron_expression', 'timezone_id', 'pause_status'],
    notebook_task: ['notebook_path'],
    spark_python_task: ['python_file'],
  }),
);

function sorted(value: JsonObject, first: readonly string[]): JsonObject {
  const ahead = first.filter((key) => Object.hasOwn(value, key));
  const rest = Object.keys(value).filter((key) => !first.includes(key));
  // A task's own kind comes before compute, retries and notifications.
  const kinds = first === TASK ? rest.filter((key) => key.endsWith('_task')) : [];
  const keys = [...ahead, ...kinds, ...rest.filter((key) => !kinds.includes(key))];
  return Object.fromEntries(keys.map((key) => [key, order(value[key] ?? null, key)] as const));
}

function order(value: Json, name: string): Json {
  if (isObject(value)) return sorted(value, name === 'task' ? TASK : (FIRST.get(name) ?? []));
  if (Array.isArray(value)) return value.map((item: Json) => (isObject(item) ? sorted(item, FIRST.get(name) ?? []) : item));
  return value;
}

/** A job's settings with their keys in reading order; nothing else changes. */
export function orderSettings(settings: JsonObject): JsonObject {
  return sorted(settings, JOB);
}

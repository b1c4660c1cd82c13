// The order of keys in a job's YAML: what a reader looks for first stands first; keys we don't know follow as the API gave them.
import { isObject, type Json, type JsonObject, setKey } from '../../values/json.ts';

const JOB = ['name', 'description', 'tags', 'run_as', 'schedule', 'trigger', 'continuous', 'triggers', 'parameters', 'queue', 'max_concurrent_runs']
  .concat(['timeout_seconds', 'duration_target', 'performance_target', 'git_source', 'tasks', 'job_clusters', 'environments', 'environment_variables', 'health']); // biome-ignore format: one list
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
    new_cluster: CLUSTER,
    schedule: ['quartz_cron_expression', 'timezone_id', 'pause_status'],
    notebook_task: ['notebook_path'],
    spark_python_task: ['python_file'],
  }),
);

function sorted(value: JsonObject, first: readonly string[]): JsonObject {
  const copy: Record<string, Json> = {};
  const add = (key: string): void => setKey(copy, key, order(value[key] ?? null, key));
  for (const key of first) if (Object.hasOwn(value, key)) add(key);
  // A task's own kind comes before compute, retries and notifications.
  if (first === TASK) for (const key of Object.keys(value)) if (key.endsWith('_task')) add(key);
  for (const key of Object.keys(value)) if (!Object.hasOwn(copy, key)) add(key);
  return copy;
}

function order(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isObject(value)) return sorted(value, name === 'task' ? TASK : (FIRST.get(name) ?? []));
  const first = FIRST.get(name) ?? [];
  return value.map((item: Json) => (isObject(item) ? sorted(item, first) : item));
}

/** A job's settings with their keys in reading order; nothing else changes. */
export function orderSettings(settings: JsonObject): JsonObject {
  return sorted(settings, JOB);
}

/** The same for a pipeline's spec or what a resource says of a dashboard. */
export function orderPipeline(spec: JsonObject): JsonObject {
  return sorted(spec, PIPELINE);
}

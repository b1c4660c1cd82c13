// The order of keys in a job's YAML, and of its tasks: what a reader looks for first stands first; keys we don't know follow as the API gave them.
import { isObject, itemsIn, type Json, type JsonObject, setKey } from '../../values/json.ts';

const JOB = ['name', 'description', 'tags', 'run_as', 'schedule', 'trigger', 'continuous', 'triggers', 'parameters', 'queue', 'max_concurrent_runs']
  .concat(['timeout_seconds', 'duration_target', 'performance_target', 'git_source', 'tasks', 'job_clusters', 'environments', 'environment_variables', 'health']); // biome-ignore format: one list
const PIPELINE = ['name', 'display_name', 'catalog', 'schema', 'target', 'root_path', 'libraries', 'serverless', 'continuous', 'clusters'];
const TASK = ['task_key', 'description', 'disabled', 'depends_on', 'run_if'];
/** Whether something runs stands behind what starts it. */
const LAST = 'pause_status';
const CLUSTER = ['spark_version', 'node_type_id', 'driver_node_type_id', 'num_workers', 'autoscale'];
/** A map, because names come from outside: `__proto__` is no entry. */
const FIRST: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    job_clusters: ['job_cluster_key'],
    environments: ['environment_key'],
    spec: ['environment_version', 'client'],
    parameters: ['name'],
    tasks: TASK,
    depends_on: ['task_key'],
    new_cluster: CLUSTER,
    schedule: ['quartz_cron_expression', 'timezone_id'],
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
  for (const key of Object.keys(value)) if (key !== LAST && !Object.hasOwn(copy, key)) add(key);
  if (Object.hasOwn(value, LAST)) add(LAST);
  return copy;
}

function order(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isObject(value)) return sorted(value, name === 'task' ? TASK : (FIRST.get(name) ?? []));
  const first = FIRST.get(name) ?? [];
  return value.map((item: Json) => (isObject(item) ? sorted(item, first) : item));
}

/** Each after those that it depends on, which the API gives by name; else as they are. */
function inOrder(tasks: readonly Json[]): readonly Json[] {
  const at = new Map(tasks.map((task, i) => [isObject(task) ? task.task_key : undefined, i]));
  const before = tasks.map((task) => new Set(isObject(task) ? itemsIn(task.depends_on).flatMap((on) => indexOf(on, at)) : []));
  const after = tasks.map((): number[] => []);
  for (const [i, some] of before.entries()) for (const one of some) after[one]?.push(i);
  const ready = before.flatMap((some, i) => (some.size === 0 ? [i] : []));
  const left = new Set(tasks.keys());
  const ordered: Json[] = [];
  while (left.size > 0) {
    // In a circle nobody is first.
    const [next = [...left][0] ?? 0] = ready.splice(0, 1);
    if (!left.delete(next)) continue;
    ordered.push(tasks[next] ?? null);
    for (const one of after[next] ?? []) {
      before[one]?.delete(next);
      if (before[one]?.size !== 0) continue;
      const place = ready.findIndex((other) => other > one);
      ready.splice(place < 0 ? ready.length : place, 0, one);
    }
  }
  return ordered;
}

function indexOf(dependency: Json, at: ReadonlyMap<Json | undefined, number>): number[] {
  const index = isObject(dependency) ? at.get(dependency.task_key) : undefined;
  return index === undefined ? [] : [index];
}

/** A job's settings with their keys in reading order and its tasks in that of their work; nothing else changes. */
export function orderSettings(settings: JsonObject): JsonObject {
  const { tasks } = settings;
  return sorted(Array.isArray(tasks) ? { ...settings, tasks: inOrder(tasks) } : settings, JOB);
}

/** The same for a pipeline's spec or what a resource says of a dashboard. */
export function orderPipeline(spec: JsonObject): JsonObject {
  return sorted(spec, PIPELINE);
}

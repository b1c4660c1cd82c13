// Definitions in the older single-task form become jobs with a list of one task; nothing else about them changes.
import { isObject, type JsonObject } from '../../values/json.ts';
import { wordSet } from '../../values/text.ts';

/** What the key of a task is where the old form has none. */
const SINGLE_TASK_KEY = 'main';
/** Fields of the old form that belong to its only task (Jobs API 2.0; notifications and timeouts mean the same on the job). */
const OF_THE_TASK = wordSet(
  `task_key existing_cluster_id new_cluster job_cluster_key environment_key libraries max_retries min_retry_interval_millis
  retry_on_timeout disable_auto_optimization`,
);

function ofTheTask(key: string): boolean {
  return key.endsWith('_task') || OF_THE_TASK.has(key);
}

/**
 * Settings with a list of tasks, whatever form they came in. A job in the old form says `format: SINGLE_TASK` afterwards.
 * Settings that have tasks come back as they are.
 */
export function normaliseSettings(settings: JsonObject): JsonObject {
  const hasTasks = Array.isArray(settings.tasks) && settings.tasks.length > 0;
  const old = Object.entries(settings).some(([key, value]) => key.endsWith('_task') && isObject(value));
  if (hasTasks || !old) return settings;
  const entries = Object.entries(settings);
  const { task_key: key, ...task } = Object.fromEntries(entries.filter(([name]) => ofTheTask(name)));
  const rest = Object.fromEntries(entries.filter(([name]) => !ofTheTask(name) && name !== 'tasks' && name !== 'format'));
  return {
    ...rest,
    tasks: [{ task_key: typeof key === 'string' && key !== '' ? key : SINGLE_TASK_KEY, ...task }],
    format: 'SINGLE_TASK',
  };
}

// Leaves out of a job or pipeline what says only what the platform assumes anyway: the bundle reads better without it, and makes the same.
import { isObject, type Json, type JsonObject } from '../../values/json.ts';
import { wordSet } from '../../values/text.ts';

/** Of a job or task: empty, they say nothing. The CLI's plan takes an empty value for an absent one (facts: bundles#defaults). */
const SILENT_EMPTY = wordSet('email_notifications webhook_notifications notification_settings libraries depends_on tags');
const SILENT_ZERO = wordSet('timeout_seconds max_retries min_retry_interval_millis retry_on_timeout');
/** What a task hands to its code. */
const HANDED = wordSet('base_parameters named_parameters parameters');
/** Kinds of tasks whose source the CLI's plan takes for the service's choice where none is written. */
const SOURCED = wordSet('notebook_task spark_python_task dbt_task');

function isEmpty(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function without(value: JsonObject, isSilent: (key: string, item: Json) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key, item]) => !isSilent(key, item)));
}

function isSilent(key: string, value: Json): boolean {
  return (SILENT_EMPTY.has(key) && isEmpty(value)) || (SILENT_ZERO.has(key) && (value === 0 || value === false));
}

/** Of a pipeline: what is false unless said, and what the CLI writes by itself (facts: bundles#defaults). */
const FALSE_IN_PIPELINE = wordSet('continuous photon');
const OF_PIPELINES: Readonly<Record<string, Json>> = { channel: 'CURRENT', edition: 'ADVANCED' };

/** The spec of a pipeline without them. */
export function leaveOutPipelineDefaults(spec: JsonObject): JsonObject {
  return without(spec, (key, item) => (item === false && FALSE_IN_PIPELINE.has(key)) || OF_PIPELINES[key] === item);
}

/** A task's own kind; in a job with a Git source an absent `source` would mean Git. */
function ofKind(kind: string, value: JsonObject, git: boolean): JsonObject {
  const sourced = (one: JsonObject) => without(one, (key, item) => key === 'source' && item === 'WORKSPACE' && !git);
  const said = without(SOURCED.has(kind) ? sourced(value) : value, (key, item) => HANDED.has(key) && isEmpty(item));
  if (kind === 'pipeline_task') return without(said, (key, item) => key === 'full_refresh' && item === false);
  return kind === 'sql_task' && isObject(said.file) ? { ...said, file: sourced(said.file) } : said;
}

function ofTask(task: Json, git: boolean): Json {
  if (!isObject(task)) return task;
  const said = without(task, (key, value) => isSilent(key, value) || (key === 'run_if' && value === 'ALL_SUCCESS'));
  return Object.fromEntries(
    Object.entries(said).map(([key, value]): [string, Json] => {
      if (!key.endsWith('_task') || !isObject(value)) return [key, value];
      if (key === 'for_each_task' && value.task !== undefined) return [key, { ...value, task: ofTask(value.task, git) }];
      return [key, ofKind(key, value, git)];
    }),
  );
}

/** The settings of a job without them. */
export function leaveOutDefaults(settings: JsonObject): JsonObject {
  const git = isObject(settings.git_source);
  const said = without(settings, isSilent);
  return Array.isArray(said.tasks) ? { ...said, tasks: said.tasks.map((task: Json) => ofTask(task, git)) } : said;
}

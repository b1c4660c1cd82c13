// What people should know about a conversion though the bundle can be deployed: left out, unknown, owned elsewhere.
import { isObject, type JsonObject } from '../../values/json.ts';
import { wordSet } from '../../values/text.ts';
import type { Diagnostic } from '../model/bundle.ts';
import { pathField } from '../model/path-and-id-fields.ts';
import { furtherPaths, isLocalDependency, pipPath } from '../model/pip-line.ts';
import type { KeyedResource } from '../model/resources.ts';
import { SERVER_ONLY } from '../model/server-only-fields.ts';
import { quoted } from '../model/text.ts';

/**
 * What CLI 1.9.0 knows of a job (databricks-sdk-go 0.165.0, service/jobs); the rest passes, but the CLI may leave it out
 * (facts: bundles#unknown-fields).
 */
const JOB_FIELDS = wordSet(
  `budget_policy_id continuous description email_notifications environments git_source health job_clusters max_concurrent_runs name
  notification_settings parameters parent_path performance_target permissions queue run_as schedule tags tasks timeout_seconds trigger
  usage_policy_id webhook_notifications`,
);
const TASK_KINDS = wordSet(
  `ai_runtime_task alert_task clean_rooms_notebook_task condition_task dashboard_task dbt_cloud_task dbt_platform_task dbt_task
  for_each_task gen_ai_compute_task notebook_task pipeline_task power_bi_task python_operator_task python_wheel_task run_job_task
  spark_jar_task spark_python_task spark_submit_task sql_task`,
);
const TASK_FIELDS = wordSet(
  `compute depends_on description disable_auto_optimization disabled email_notifications environment_key existing_cluster_id health
  job_cluster_key libraries max_retries min_retry_interval_millis new_cluster notification_settings retry_on_timeout run_if task_key
  timeout_seconds webhook_notifications`,
);

/** Unknown fields of a job and its tasks, each told once. */
function unknownFields({ prefix, leaves, value }: KeyedResource): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  const see = (place: string, key: string, known: boolean, what: string) => {
    const message = `${key} is a ${what} that is not known here; the bundle has it as it was`;
    if (!known && !found.has(key)) found.set(key, { level: 'note', place: `${prefix}${place}`, message });
  };
  for (const key of Object.keys(value)) if (!SERVER_ONLY.has(key)) see(key, key, JOB_FIELDS.has(key), 'field of jobs');
  for (const { fields, place } of leaves.values()) {
    if (fields[0] !== 'tasks') continue;
    const key = fields[fields[1] === 'for_each_task' && fields[2] === 'task' ? 3 : 1] ?? '';
    if (key.endsWith('_task')) see(place, key, TASK_KINDS.has(key), 'kind of task');
    else see(place, key, TASK_FIELDS.has(key), 'field of tasks');
  }
  return [...found.values()];
}

function ofJob(resource: KeyedResource): Diagnostic[] {
  const { prefix, value } = resource;
  const message = 'the job is in the older form for a single task; its settings are now those of one task in a list';
  const older: Diagnostic[] = value.format === 'SINGLE_TASK' ? [{ level: 'note', place: `${prefix}format`, message }] : [];
  return [...older, ...unknownFields(resource)];
}

function ofPipeline({ prefix, value, key }: KeyedResource): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (value.development === true) {
    const message = `${key} is in development mode; the CLI refuses that in production, so only dev has it`;
    found.push({ level: 'warning', place: `${prefix}development`, message });
  }
  const message = `the tables of ${key} belong to the original: a copy must write to another catalog or schema`;
  return [...found, { level: 'note', place: `${prefix}name`, message }];
}

/** Jars and environment files that are relative paths, which packages and ids beside them are not. */
const RELATIVE: Readonly<Record<string, RegExp>> = {
  java_dependencies: /^\.|^(?![/]|\w+:).*\.jar$/i,
  base_environment: /^\.|^(?![/]|\w+:).*\.ya?ml$/i,
};

/** What an environment names in a way that the bundle can't follow; what the CLI refuses of it is told elsewhere. */
function environmentPaths({ type, prefix, value, leaves }: KeyedResource): Diagnostic[] {
  const git = isObject(value.git_source);
  return [...leaves.values()].flatMap((leaf): Diagnostic[] => {
    const { value: text, fields, place } = leaf;
    if (typeof text !== 'string') return [];
    const warning = (message: string): Diagnostic => ({ level: 'warning', place: `${prefix}${place}`, message });
    const line = pathField(type, leaf)?.form === 'dependency';
    const path = line ? pipPath(text)?.path : fields[0] === 'environments' && RELATIVE[fields.at(-1) ?? '']?.test(text) ? text : undefined;
    if (path === undefined) return [];
    const more = line ? furtherPaths(text).filter((one) => !git || one.startsWith('/')) : [];
    const found = more.map((one) => warning(`names ${quoted(one)} as well, of which the bundle has no copy; give it a line of its own`));
    if (!git && !path.startsWith('/') && !(line && isLocalDependency(text, false)))
      found.unshift(
        warning(`names ${quoted(path)} by a relative path, so the bundle has no copy of it; write its whole path in the workspace`),
      );
    return found;
  });
}

/** Remarks about one resource. */
export function warningsAbout(resource: KeyedResource): Diagnostic[] {
  const { type, prefix, value, grants, key } = resource;
  const found = type === 'jobs' ? ofJob(resource) : type === 'pipelines' ? ofPipeline(resource) : [];
  found.push(...environmentPaths(resource));
  if (isBundleOwned(value)) {
    const message = `${prefix === '' ? 'the job' : key} is already deployed by a bundle; a second one would compete with it`;
    found.unshift({ level: 'warning', place: `${prefix}deployment`, message });
  }
  if (grants === undefined) {
    const message = `who may do what with ${prefix === '' ? 'the job' : key} could not be read, so the bundle grants nothing`;
    found.push({ level: 'warning', place: `${prefix}permissions`, message });
  }
  return found;
}

function isBundleOwned({ deployment }: JsonObject): boolean {
  return isObject(deployment) && deployment.kind === 'BUNDLE';
}

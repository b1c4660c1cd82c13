// What the Jobs API makes of settings it is sent: checks, server defaults, partial updates.
import { invalid } from '../http/answer.ts';
import { copyJson, isObject, type Json, type JsonObject, objectsIn } from '../http/json.ts';

/** Tasks a job may have (facts: databricks#paging). */
const MAX_TASKS = 1000;
/** Arrays that jobs/update merges by key, and their keys. */
const MERGED: Readonly<Record<string, string>> = {
  tasks: 'task_key',
  job_clusters: 'job_cluster_key',
  environments: 'environment_key',
  parameters: 'name',
};
const GIT_PROVIDERS =
  'git_source.git_provider must be one of: github,gitlab,bitbucketcloud,gitlabenterpriseedition,bitbucketserver,azuredevopsservices,githubenterprise,awscodecommit';

/** Settings as they are kept and read back: as sent, checked, plus the defaults the server writes (the CLI's fake jobs.go names them). */
export function acceptSettings(sent: JsonObject): JsonObject {
  checkSettings(sent);
  const settings = copyJson(sent);
  settings.name ??= 'Untitled';
  settings.email_notifications ??= {};
  settings.webhook_notifications ??= {};
  settings.timeout_seconds ??= 0;
  settings.max_concurrent_runs ??= 1;
  settings.format ??= 'MULTI_TASK';
  const source = isObject(settings.git_source) ? 'GIT' : 'WORKSPACE';
  for (const task of objectsIn(settings.tasks)) acceptTask(task, source);
  for (const cluster of objectsIn(settings.job_clusters))
    if (isObject(cluster.new_cluster)) delete cluster.new_cluster.apply_policy_default_values;
  return settings;
}

function acceptTask(task: JsonObject, source: string): void {
  task.run_if ??= 'ALL_SUCCESS';
  task.timeout_seconds ??= 0;
  task.email_notifications ??= {};
  if (Array.isArray(task.depends_on))
    task.depends_on = objectsIn(task.depends_on).sort((a, b) => (String(a.task_key) < String(b.task_key) ? -1 : 1));
  if (isObject(task.notebook_task)) task.notebook_task.source ??= source;
  const cluster = task.new_cluster;
  if (isObject(cluster)) acceptCluster(cluster);
  const inner = isObject(task.for_each_task) ? task.for_each_task.task : undefined;
  if (isObject(inner) && isObject(inner.new_cluster)) delete inner.new_cluster.apply_policy_default_values;
}

function acceptCluster(cluster: JsonObject): void {
  delete cluster.apply_policy_default_values;
  const elsewhere = ['instance_pool_id', 'azure_attributes', 'gcp_attributes'].some((name) => cluster[name] !== undefined);
  if (!elsewhere) cluster.aws_attributes ??= { availability: 'SPOT_WITH_FALLBACK', zone_id: 'us-east-1c' };
  cluster.data_security_mode ??= 'SINGLE_USER';
  cluster.enable_elastic_disk ??= false;
}

function checkSettings(settings: JsonObject): void {
  if (isObject(settings.git_source) && !settings.git_source.git_provider) throw invalid(GIT_PROVIDERS);
  const tasks = objectsIn(settings.tasks);
  if (tasks.length > MAX_TASKS) throw invalid(`The job has ${tasks.length} tasks; the maximum is ${MAX_TASKS}.`);
  const keys = new Set<Json>();
  for (const task of tasks) {
    if (typeof task.task_key !== 'string' || task.task_key === '') throw invalid('Missing required field: settings.tasks.task_key.');
    if (keys.has(task.task_key)) throw invalid(`Duplicate task key '${task.task_key}'.`);
    keys.add(task.task_key);
  }
  for (const task of tasks) {
    for (const needed of objectsIn(task.depends_on)) {
      if (!keys.has(needed.task_key ?? null))
        throw invalid(`Task '${task.task_key}' depends on the task '${needed.task_key}', which does not exist.`);
    }
  }
}

/** jobs/update: fields replace, arrays with keys merge, `fields_to_remove` names `field` or `tasks/<key>`. */
export function updateSettings(before: JsonObject, changes: JsonObject, remove: readonly string[]): JsonObject {
  const settings = copyJson(before);
  for (const path of remove) {
    const [field = '', key] = path.split('/');
    const name = MERGED[field];
    if (key === undefined || name === undefined) delete settings[field];
    else settings[field] = objectsIn(settings[field]).filter((item) => item[name] !== key);
  }
  for (const [field, value] of Object.entries(changes)) {
    const name = MERGED[field];
    if (name === undefined || !Array.isArray(value)) {
      settings[field] = value;
      continue;
    }
    const changed = new Map(objectsIn(value).map((item) => [item[name], item]));
    const kept = objectsIn(settings[field]).map((item) => changed.get(item[name]) ?? item);
    const known = new Set(kept.map((item) => item[name]));
    settings[field] = [...kept, ...[...changed.values()].filter((item) => !known.has(item[name]))];
  }
  return acceptSettings(settings);
}

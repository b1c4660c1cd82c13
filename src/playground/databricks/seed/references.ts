// What a job's settings point at in the workspace: sources by path, and compute by id; so that stubs can be made for what isn't given.
import { isObject, type Json, type JsonObject, objectsIn } from '../http/json.ts';

export interface Reference {
  readonly path: string;
  readonly shape: 'notebook' | 'file' | 'folder';
}

/** Paths that are not in the workspace tree, or known only when the job runs. */
const ELSEWHERE = /^(\/Volumes\/|\/dbfs\/)|^[a-z0-9+]+:|\{\{\s*(job|tasks?|workspace|backfill|secrets)[./]|\{\{\s*input/i;

/** Every workspace source that the settings name, notebooks first. */
export function sourcesOf(settings: JsonObject): Reference[] {
  const found: Reference[] = [];
  const add = (path: Json | undefined, shape: Reference['shape']): void => {
    if (typeof path === 'string' && path.startsWith('/') && !ELSEWHERE.test(path)) found.push({ path, shape });
  };
  const git = isObject(settings.git_source);
  const inWorkspace = (part: JsonObject): boolean => (part.source ?? (git ? 'GIT' : 'WORKSPACE')) !== 'GIT';
  const part = (task: JsonObject, name: string): JsonObject => {
    const value = task[name];
    return isObject(value) ? value : {};
  };

  for (const task of allTasks(settings)) {
    const [notebook, python, dbt] = [part(task, 'notebook_task'), part(task, 'spark_python_task'), part(task, 'dbt_task')];
    if (inWorkspace(notebook)) add(notebook.notebook_path, 'notebook');
    if (inWorkspace(python)) add(python.python_file, 'file');
    if (inWorkspace(dbt)) add(dbt.project_directory, 'folder');
    add(dbt.profiles_directory, 'folder');
    const file = part(part(task, 'sql_task'), 'file');
    if (inWorkspace(file)) add(file.path, 'file');
    add(part(task, 'spark_jar_task').jar_uri, 'file');
    add(part(task, 'alert_task').workspace_path, 'file');
    for (const library of objectsIn(task.libraries)) for (const kind of ['whl', 'jar', 'egg', 'requirements']) add(library[kind], 'file');
  }
  for (const environment of objectsIn(settings.environments)) {
    const dependencies = part(environment, 'spec').dependencies;
    for (const one of Array.isArray(dependencies) ? dependencies : []) add(String(one).replace(/^(-r|-c|-e|--requirement)\s*/, ''), 'file');
  }
  for (const cluster of clustersOf(settings))
    for (const script of objectsIn(cluster.init_scripts)) add(part(script, 'workspace').destination, 'file');
  return found.sort((a, b) => Number(b.shape === 'notebook') - Number(a.shape === 'notebook'));
}

export type ComputeKind = 'clusters' | 'warehouses' | 'pipelines' | 'policies' | 'pools';

/** Ids of compute that the settings name literally. */
export function computeOf(settings: JsonObject): { kind: ComputeKind; id: string }[] {
  const found: { kind: ComputeKind; id: string }[] = [];
  const add = (kind: ComputeKind, id: Json | undefined): void => {
    if (typeof id === 'string' && id !== '' && !id.includes('{{')) found.push({ kind, id });
  };
  for (const task of allTasks(settings)) {
    add('clusters', task.existing_cluster_id);
    for (const value of Object.values(task)) {
      if (!isObject(value)) continue;
      add('warehouses', value.warehouse_id);
      add('pipelines', value.pipeline_id);
    }
  }
  for (const cluster of clustersOf(settings)) {
    add('policies', cluster.policy_id);
    add('pools', cluster.instance_pool_id);
    add('pools', cluster.driver_instance_pool_id);
  }
  return found;
}

/** All tasks, those inside for_each tasks too. */
function allTasks(settings: JsonObject): JsonObject[] {
  return objectsIn(settings.tasks).flatMap((task) => {
    const inner = isObject(task.for_each_task) ? task.for_each_task.task : undefined;
    return isObject(inner) ? [task, inner] : [task];
  });
}

function clustersOf(settings: JsonObject): JsonObject[] {
  return [...objectsIn(settings.job_clusters), ...allTasks(settings)].map((holder) => holder.new_cluster).filter(isObject);
}

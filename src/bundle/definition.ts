// A job as the Jobs API says it is: parsed with only the shapes checked that we rely on, and the workspace files it refers to.
import { z } from 'zod';
import { UserError } from '../errors.ts';
import type { JobDefinition, SourceReference } from './bundle.ts';
import { isObject, type Json, type JsonObject, parseJson } from './json.ts';
import { itemPlace } from './places.ts';

/** Schemes and roots that are no workspace files: cloud storage, DBFS, Volumes. */
const ELSEWHERE = /^(\/Volumes\/|\/dbfs\/|[a-z0-9+]+:)/i;
/** Values that Databricks fills in when the job runs, such as `{{job.parameters.path}}`. */
const AT_RUN_TIME = /\{\{/;

const object = z.record(z.string(), z.unknown());
const task = z.looseObject({
  task_key: z.string().min(1),
  notebook_task: z.looseObject({ notebook_path: z.string() }).optional(),
  spark_python_task: z.looseObject({ python_file: z.string() }).optional(),
  sql_task: z.looseObject({ file: z.looseObject({ path: z.string() }).optional(), parameters: object.optional() }).optional(),
  run_job_task: z.looseObject({ job_id: z.unknown() }).optional(),
  for_each_task: z.looseObject({ task: z.unknown() }).optional(),
});
const keyed = (key: string) => z.array(z.looseObject({ [key]: z.string() }));
const settingsShape = z.looseObject({
  name: z.string().optional(),
  tasks: z.array(task).optional(),
  job_clusters: keyed('job_cluster_key').optional(),
  environments: keyed('environment_key').optional(),
  parameters: keyed('name').optional(),
  git_source: object.optional(),
  queue: object.optional(),
  run_as: object.optional(),
});

function refuse(problem: string): never {
  throw new UserError({
    doing: 'Reading the job definition',
    problem,
    next: 'Give the body of a jobs/get response, with its `job_id` and `settings`.',
  });
}

/** The id as a string of digits; definitions written by hand sometimes carry it as text. */
function idOf(value: Json | undefined): string {
  const text = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' ? String(value) : '';
  return /^\d{1,19}$/.test(text) ? text : refuse('it has no usable `job_id`.');
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Parses the body of jobs/get (its pages already merged). Only what we rely on is checked; everything else stays untouched.
 * Throws UserError when the text is no such body.
 */
export function parseJob(text: string): JobDefinition {
  let body: Json;
  try {
    body = parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return refuse('it is not JSON.');
    throw error;
  }
  if (!isObject(body)) return refuse('it is not a JSON object.');
  if (!isObject(body.settings)) return refuse('it has no `settings`.');
  const result = settingsShape.safeParse(body.settings);
  if (!result.success) {
    const issue = result.error.issues[0];
    return refuse(`\`settings.${issue?.path.join('.') ?? ''}\` is not what the Jobs API answers (${issue?.message ?? 'unknown'}).`);
  }
  const seen = new Set<string>();
  for (const { task_key } of result.data.tasks ?? []) {
    if (seen.has(task_key)) return refuse(`two tasks have the key \`${task_key.slice(0, 100)}\`.`);
    seen.add(task_key);
  }
  return {
    jobId: idOf(body.job_id),
    creator: textOf(body.creator_user_name),
    runAs: textOf(body.run_as_user_name),
    settings: body.settings,
  };
}

/** A task (or the inner task of a for_each) with the place it stands at and the path of keys that leads to it. */
export interface TaskAt {
  readonly task: JsonObject;
  readonly key: string;
  readonly place: string;
}

/** All tasks of a job; the inner task of a for_each task follows its outer one. */
export function tasksOf(settings: JsonObject): TaskAt[] {
  const tasks = Array.isArray(settings.tasks) ? settings.tasks.filter((item) => isObject(item)) : [];
  return tasks.flatMap((outer) => {
    const key = typeof outer.task_key === 'string' ? outer.task_key : '';
    const place = itemPlace('tasks', key);
    const inner = isObject(outer.for_each_task) ? outer.for_each_task.task : undefined;
    return [{ task: outer, key, place }, ...(isObject(inner) ? [{ task: inner, key, place: `${place}.for_each_task.task` }] : [])];
  });
}

/** `/Users/x` and `/Workspace/Users/x` are the same file: the spelling without `/Workspace`. */
export function canonicalPath(path: string): string {
  return path.replace(/^\/Workspace(?=\/)/, '').replace(/\/+/g, '/');
}

function inWorkspace(holder: JsonObject, git: boolean, path: Json | undefined): path is string {
  if (typeof path !== 'string' || !path.startsWith('/') || ELSEWHERE.test(path) || AT_RUN_TIME.test(path)) return false;
  const source = holder.source ?? (git ? 'GIT' : 'WORKSPACE');
  return source !== 'GIT';
}

/** Fields that name one notebook, Python file or SQL file: the holder, the field, what it names and where it stands. */
function pathFields(settings: JsonObject): { holder: JsonObject; field: string; kind: 'notebook' | 'file'; place: string }[] {
  return tasksOf(settings).flatMap(({ task, place }) => {
    const file = isObject(task.sql_task) ? task.sql_task.file : undefined;
    return [
      ...(isObject(task.notebook_task)
        ? [{ holder: task.notebook_task, field: 'notebook_path', kind: 'notebook' as const, at: 'notebook_task' }]
        : []),
      ...(isObject(task.spark_python_task)
        ? [{ holder: task.spark_python_task, field: 'python_file', kind: 'file' as const, at: 'spark_python_task' }]
        : []),
      ...(isObject(file) ? [{ holder: file, field: 'path', kind: 'file' as const, at: 'sql_task.file' }] : []),
    ].map(({ at, ...one }) => ({ ...one, place: `${place}.${at}.${one.field}` }));
  });
}

/**
 * Paths that are neither absolute nor of Git: the CLI would look for them in the bundle's own folder, so a bundle can't say them.
 */
export function relativePaths(definition: JobDefinition): { place: string; path: string }[] {
  const { settings } = definition;
  if (isObject(settings.git_source)) return [];
  return pathFields(settings).flatMap(({ holder, field, place }) => {
    const path = holder[field];
    const relative = typeof path === 'string' && holder.source !== 'GIT' && !path.startsWith('/') && !ELSEWHERE.test(path);
    return relative ? [{ place, path }] : [];
  });
}

/**
 * Every place of a definition that names a notebook, Python file or SQL file of the workspace, in the order of the tasks.
 * Files of Git, DBFS, cloud storage and Volumes, and paths made at run time, are none.
 */
export function sourceReferences(definition: JobDefinition): SourceReference[] {
  const { settings } = definition;
  const git = isObject(settings.git_source);
  return pathFields(settings).flatMap(({ holder, field, kind, place }) => {
    const path = holder[field];
    return inWorkspace(holder, git, path) ? [{ path, kind, place }] : [];
  });
}

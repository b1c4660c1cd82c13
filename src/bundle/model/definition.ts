// Parses a job as the Jobs API answers it: only the fields that we rely on are checked.
import { z } from 'zod';
import { UserError } from '../../values/errors.ts';
import { isObject, type Json, parseJson } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { type JobDefinition, sha256 } from './bundle.ts';
import { normaliseSettings } from './single-task-format.ts';

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

/**
 * Parses the body of jobs/get (its pages already merged). Only what we rely on is checked; everything else stays untouched, but a
 * single task of the older form becomes a list of one.
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
  const settings = normaliseSettings(body.settings);
  const result = settingsShape.safeParse(settings);
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
    settings,
  };
}

/** The subject that a definition is read of, as places name it: `job 123`, or `folder /…` of a job that is only proposed. */
export function subjectOf({ jobId, folder }: Pick<JobDefinition, 'jobId' | 'folder'>): string {
  return jobId === '' ? `folder ${folder ?? ''}` : `job ${jobId}`;
}

/** What tells a subject from others of its name, in a path: the job's id, or some letters that always are the same for a folder. */
export function shortNameOf(definition: Pick<JobDefinition, 'jobId' | 'folder'>): string {
  return definition.jobId === '' ? sha256(subjectOf(definition)).slice(0, 8) : definition.jobId;
}

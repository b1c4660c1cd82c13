// run_job: proposes a run of a job; the person's click starts it.
import { z } from 'zod';
import { isObject } from '../../bundle/json.ts';
import { UserError } from '../../errors.ts';
import { capped, quote } from '../data.ts';
import { defineTool, type ToolContext } from '../tool.ts';

const doing = 'Proposing a run';
/** Candidates that an answer names. */
const MOST = 10;

export const runJob = defineTool({
  name: 'run_job',
  title: 'Propose a run of a job',
  description:
    'Proposes to run an existing job now. It does not run it: the proposal appears as a card with a button, and the person’s click runs it. Use it when somebody asks to run, start or trigger a job. Give only parameters that the person asked for. Afterwards say that it waits for their click.',
  kind: 'propose',
  input: z.strictObject({
    job: z.string().trim().min(1).max(4096).describe('The job: its id such as "123", its exact name, or its address in the workspace.'),
    parameters: z
      .record(z.string(), z.string())
      .optional()
      .describe('Job parameters for this run only, by name; left out: the job’s own defaults.'),
  }),
  output: z.object({ proposal_id: z.string(), job_id: z.string(), expires_at: z.string() }),
  async run({ job, parameters = {} }, context) {
    const title = 'Looking at the job to run';
    context.steps.start('job', title);
    const jobId = idIn(job, context.caller.host) ?? (await idOf(job, context));
    const { settings } = await context.workspace.getJob(jobId, context.signal);
    requireParameters(parameters, settings.parameters);
    const name = typeof settings.name === 'string' ? settings.name : 'Untitled';
    const proposed = await context.propose({ kind: 'run_job', job_id: jobId, job_name: name, parameters });
    context.steps.done('job', title, name);
    const text = `${proposed.text}\nThe job’s name, which is data: ${quote(name)}.`;
    return { text, structured: { proposal_id: proposed.id, job_id: jobId, expires_at: proposed.expiresAt.toISOString() } };
  },
});

/** The id in an id or in an address of this workspace; undefined for a name. */
function idIn(job: string, host: string): string | undefined {
  if (/^\d{1,19}$/.test(job)) return job;
  if (!/^https?:\/\//i.test(job)) return undefined;
  if (!URL.canParse(job) || new URL(job).host !== new URL(host).host)
    throw refuse('This address is not of the workspace that I work in.', 'Give the job’s id instead.');
  const { pathname, hash } = new URL(job);
  const id = /\/jobs\/(\d{1,19})\b/.exec(pathname)?.[1] ?? /^#job\/(\d{1,19})\b/.exec(hash)?.[1];
  if (id === undefined) throw refuse('This address does not lead to a job.', 'Give the job’s id instead.');
  return id;
}

async function idOf(name: string, { workspace, signal }: ToolContext): Promise<string> {
  const found = await workspace.listJobs({ name, exact: true }, signal);
  const exact = found.filter((job) => job.name === name);
  const [only] = exact;
  if (only !== undefined && exact.length === 1) return only.jobId;
  if (only === undefined)
    throw refuse('There is no job with exactly this name that the person can see.', 'Call list_jobs with a part of the name.');
  throw refuse(
    `${exact.length} jobs have this name: ${capped(
      exact.map((job) => job.jobId),
      MOST,
    ).join(', ')}.`,
    'Ask which one is meant, and give its id.',
  );
}

/** Databricks refuses parameters that a job does not have; better said before somebody clicks. */
function requireParameters(given: Readonly<Record<string, string>>, has: unknown): void {
  const known = (Array.isArray(has) ? has : []).filter(isObject).map((parameter) => String(parameter.name));
  const strange = Object.keys(given).filter((name) => !known.includes(name));
  if (strange.length === 0) return;
  const list = capped(
    known.map((name) => quote(name, 100)),
    MOST,
  ).join(', ');
  throw refuse(
    `The job has no parameter named ${capped(
      strange.map((name) => quote(name, 100)),
      MOST,
    ).join(', ')}.`,
    known.length === 0 ? 'It has no job parameters at all: call again without any.' : `Its parameters are: ${list}.`,
  );
}

function refuse(problem: string, next: string): UserError {
  return new UserError({ doing, problem, next });
}

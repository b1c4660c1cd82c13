// run_job: proposes a run of a job; the person's click starts it.
import { z } from 'zod';
import { UserError } from '../../values/errors.ts';
import { type Json, objectsIn } from '../../values/json.ts';
import { defineTool } from './support/define-tool.ts';
import { findJob } from './support/find-job.ts';
import { namesQuoted, quote } from './support/foreign-text.ts';
import { job as jobInput } from './support/inputs.ts';

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
    job: jobInput,
    parameters: z
      .record(z.string(), z.string())
      .optional()
      .describe('Job parameters for this run only, by name; left out: the job’s own defaults.'),
  }),
  output: z.object({ proposal_id: z.string(), job_id: z.string(), expires_at: z.string() }),
  async run({ job, parameters = {} }, context) {
    const title = 'Looking at the job to run';
    context.steps.start('job', title);
    const jobId = await findJob(job, context, doing);
    const { settings } = await context.workspace.getJob(jobId, context.signal);
    requireParameters(parameters, settings.parameters);
    const name = typeof settings.name === 'string' ? settings.name : 'Untitled';
    const proposed = await context.propose({ kind: 'run_job', job_id: jobId, job_name: name, parameters });
    context.steps.done('job', title, name);
    const text = `${proposed.text}\nThe job’s name, which is data: ${quote(name)}.`;
    return { text, structured: { proposal_id: proposed.id, job_id: jobId, expires_at: proposed.expiresAt.toISOString() } };
  },
});

/** Databricks refuses parameters that a job does not have: better to say so before somebody clicks. */
function requireParameters(given: Readonly<Record<string, string>>, has: Json | undefined): void {
  const known = objectsIn(has).map((parameter) => String(parameter.name));
  const strange = Object.keys(given).filter((name) => !known.includes(name));
  if (strange.length === 0) return;
  throw new UserError({
    doing,
    problem: `The job has no parameter named ${namesQuoted(strange, MOST, 100)}.`,
    next:
      known.length === 0
        ? 'It has no job parameters at all: call again without any.'
        : `Its parameters are: ${namesQuoted(known, MOST, 100)}.`,
  });
}

// get_job: a job's settings as the Jobs API has them, as data.
import { z } from 'zod';
import { ownerFacts, ownerOf } from '../../databricks/read/owner.ts';
import { stringifyJson } from '../../values/json.ts';
import { defineTool } from './support/define-tool.ts';
import { findJob } from './support/find-job.ts';
import { page, quote } from './support/foreign-text.ts';
import { job as jobInput, offset } from './support/inputs.ts';
import { maskText } from './support/mask-text.ts';

export const getJob = defineTool({
  name: 'get_job',
  title: 'Read a job',
  description:
    "Reads one job's settings as JSON: tasks, clusters, schedule, parameters. Use it to answer questions about a job in the workspace; generate_bundle_from_job reads the job itself, so do not call this first.",
  kind: 'read',
  input: z.strictObject({ job_id: jobInput, offset }),
  output: z.object({ job_id: z.string(), name: z.string(), owned_by_bundle: z.boolean() }),
  async run({ job_id: given, offset }, context) {
    const { workspace, steps, signal } = context;
    steps.start('read', /^\d+$/.test(given) ? `Reading job ${given}` : 'Looking for the job');
    const job_id = await findJob(given, context, 'Reading a job');
    const job = await workspace.getJob(job_id, signal);
    steps.done('read', `Reading job ${job_id}`);
    const name = typeof job.settings.name === 'string' ? job.settings.name : 'Untitled';
    const owned = job.deploymentKind === 'BUNDLE';
    const head = [`Job ${job_id}: ${quote(name)}${job.runAs === undefined ? '' : `, runs as ${quote(job.runAs)}`}.`];
    if (owned) {
      head.push('A bundle already owns this job: a change belongs there.');
      head.push(...ownerFacts(await ownerOf(workspace, job, signal)).map(([label, value]) => `${label}: ${quote(value)}`));
    }
    const text = [...head, page(`settings of job ${job_id}`, await maskText(stringifyJson(job.settings), context), offset)].join('\n');
    return { text, structured: { job_id, name, owned_by_bundle: owned } };
  },
});

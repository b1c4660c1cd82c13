// A job read with all that it refers to, against the workspace stand-in: what it runs comes along, what it waits for is named.
import { expect } from 'vitest';
import { idReferences } from '../../../src/bundle/model/id-references.ts';
import { readJob } from '../../../src/databricks/read/job.ts';
import { databricksTest } from '../rig.ts';

const it = databricksTest({ seed: false });

it('reads the jobs that one runs along with it, and of those that it waits for the name alone', async ({ rig }) => {
  const { jobs } = rig.far.workspace;
  const times = { creator: '', runAs: 'ana@acme.example', createdTime: 0, extra: {} };
  const runs = { tasks: [{ task_key: 'run', run_job_task: { job_id: 3 } }] };
  const waits = { triggers: [{ job_completion: { jobs: [{ job_id: 2 }] } }] };
  jobs.set('1', { jobId: '1', settings: { name: 'Totals', ...runs, ...waits }, ...times });
  jobs.set('2', { jobId: '2', settings: { name: 'Orders' }, ...times });
  jobs.set('3', { jobId: '3', settings: { name: 'Load' }, ...times });
  const { definition } = await readJob(rig.as(), '1', { idsOf: idReferences });
  expect(definition.related).toMatchObject([{ type: 'jobs', definition: { jobId: '3' } }]);
  expect(definition.lookups).toEqual([{ kind: 'job', id: '2', name: 'Orders' }]);
});

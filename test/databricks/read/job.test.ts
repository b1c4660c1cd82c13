// A job read with all that it refers to, against the workspace stand-in: what it runs comes along, what it waits for is named.
import { expect } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { idReferences } from '../../../src/bundle/model/id-references.ts';
import { leavesOf } from '../../../src/bundle/model/leaves.ts';
import { writtenResource } from '../../../src/bundle/yaml/describe-tree.ts';
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

it('names jobs of this workspace alone, by the id that it has, those of the bundle too', async ({ rig }) => {
  const { jobs } = rig.far.workspace;
  const times = { creator: '', runAs: 'ana@acme.example', createdTime: 0, extra: {} };
  const here = await rig.as().workspaceId();
  const settings = {
    name: 'Report',
    tasks: [{ task_key: 'run', run_job_task: { job_id: 13 } }],
    triggers: [
      { job_completion: { jobs: ['12', '13', '14'].map((job_id) => ({ job_id, workspace_id: job_id === '14' ? '1' : (here ?? '') })) } },
    ],
  };
  for (const jobId of ['12', '13', '14']) jobs.set(jobId, { jobId, settings: { name: `Job ${jobId}` }, ...times });
  jobs.set('11', { jobId: '11', settings, ...times });
  const { definition } = await readJob(rig.as(), '11', { idsOf: idReferences });
  expect(definition.lookups?.map(({ name }) => name)).toEqual(['Job 12', 'Job 13']);
  const bundle = generateBundle({ definition, sources: [], host: rig.far.url });
  const { base } = writtenResource(bundle.files, 'jobs', bundle.name, 'prod');
  const ids = [...leavesOf(base).values()].filter(({ place }) => place.startsWith('triggers') && place.endsWith('job_id'));
  expect(ids.map(({ value }) => value)).toEqual([`\${var.job_12_job_id}`, `\${resources.jobs.job_13.id}`, '14']);
  expect(bundle.diagnostics.map(({ message }) => message)).toContain(
    '"14" is the id of a job in workspace "1" whose name is not known, so it stays as it is',
  );
});

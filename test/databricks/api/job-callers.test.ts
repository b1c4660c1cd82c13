// Who calls a job, or waits for it, against the workspace stand-in: also from within a loop, and not those asked about themselves.
import { expect } from 'vitest';
import { databricksTest } from '../rig.ts';

const it = databricksTest({ seed: false });

it('finds the jobs that call one or wait for one, and nobody where the list can’t be read', async ({ rig }) => {
  const { jobs } = rig.far.workspace;
  const add = (jobId: string, settings: (typeof jobs extends Map<string, infer Job> ? Job : never)['settings']) =>
    jobs.set(jobId, {
      jobId,
      settings: { name: `Job ${jobId}`, ...settings },
      creator: '',
      runAs: 'ana@acme.example',
      createdTime: 0,
      extra: {},
    });
  const call = (id: number) => ({ task_key: 'call', run_job_task: { job_id: id } });
  add('1', { tasks: [call(2)] });
  add('2', {});
  add('3', { tasks: [{ task_key: 'each', for_each_task: { inputs: '[1]', task: call(1) } }] });
  add('4', { triggers: [{ job_completion: { jobs: [{ job_id: 2 }] } }] });
  add('5', { tasks: [call(4)] });
  expect(await rig.as().jobCallers(new Set(['1', '2']))).toEqual([
    { jobId: '3', name: 'Job 3', calls: true },
    { jobId: '4', name: 'Job 4', calls: false },
  ]);
  rig.far.faults.on('GET /api/2.2/jobs/list', { status: 403, message: 'no' });
  expect(await rig.as().jobCallers(new Set(['1', '2']))).toEqual([]);
});

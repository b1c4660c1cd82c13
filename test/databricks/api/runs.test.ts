// Runs against the workspace stand-in, over real HTTP: under way, over, and why one failed.
import { expect } from 'vitest';
import { databricksTest } from '../rig.ts';

const it = databricksTest({}, ({ far }) => {
  far.workspace.jobs.set('123', {
    ...{ jobId: '123', creator: 'ana@acme.example', createdTime: 0, runAs: 'ana@acme.example', extra: {} },
    settings: { name: 'Churn', tasks: ['load', 'fail_here', 'report'].map((key) => ({ task_key: key })) },
  });
  far.workspace.jobs.set('124', {
    ...{ jobId: '124', creator: 'ana@acme.example', createdTime: 0, runAs: 'ana@acme.example', extra: {} },
    settings: { name: 'Fine', tasks: [{ task_key: 'load' }] },
  });
});

async function start(far: { url: string; tokenFor(user: string): string }, jobId: number): Promise<string> {
  const answer = await fetch(`${far.url}/api/2.2/jobs/run-now`, {
    method: 'POST',
    headers: { authorization: `Bearer ${far.tokenFor('ana@acme.example')}` },
    body: JSON.stringify({ job_id: jobId }),
  });
  return /"run_id": ?(\d+)/.exec(await answer.text())?.[1] ?? '';
}

it('says that a run goes on, then how it ended and how long it took', async ({ rig }) => {
  const runId = await start(rig.far, 124);
  expect(await rig.as().getRun(runId)).toEqual({ over: false, result: 'RUNNING' });
  rig.far.workspace.runMs = 0;
  const over = await start(rig.far, 124);
  expect(await rig.as().getRun(over)).toEqual({ over: true, result: 'SUCCESS', ms: 0 });
  expect(await rig.as().getRunFailure(over)).toBeUndefined();
});

it('names the task that failed first, with what it said; not those that were left out for it', async ({ rig }) => {
  rig.far.workspace.runMs = 0;
  const runId = await start(rig.far, 123);
  expect(await rig.as().getRun(runId)).toMatchObject({ over: true, result: 'FAILED' });
  const failure = { task: 'fail_here', error: "ValueError: fail_here can't read its table" };
  expect(await rig.as().getRunFailure(runId)).toEqual(failure);
  rig.far.faults.on('GET /api/2.2/jobs/runs/get-output', { status: 403, message: 'no' });
  expect(await rig.as().getRunFailure(runId)).toMatchObject({ task: 'fail_here', error: expect.stringContaining('Workload failed') });
});

it('says of a task that is a pipeline what the pipeline said first', async ({ rig }) => {
  rig.far.workspace.runMs = 0;
  const pipeline = { pipeline_id: 'p-1', name: 'Tables', creator_user_name: 'ana@acme.example', spec: {} };
  rig.far.workspace.pipelines.set('p-1', pipeline);
  const settings = { name: 'Tables', tasks: [{ task_key: 'fail_tables', pipeline_task: { pipeline_id: 'p-1' } }] };
  const job = rig.far.workspace.jobs.get('124') ?? expect.fail();
  rig.far.workspace.jobs.set('125', { ...job, jobId: '125', settings });
  const runId = await start(rig.far, 125);
  const error = "Flow 'orders' has FAILED. [TABLE_OR_VIEW_NOT_FOUND] The table raw cannot be found.";
  expect(await rig.as().getRunFailure(runId)).toEqual({ task: 'fail_tables', error });
  rig.far.faults.on('GET /api/2.0/pipelines/p-1/events', { status: 403, message: 'no', times: 1 });
  expect(await rig.as().getRunFailure(runId)).toMatchObject({ task: 'fail_tables', error: expect.stringContaining('Workload failed') });
});

it('rejects with words where there is no such run', async ({ rig }) => {
  await expect(rig.as().getRun('9')).rejects.toThrow('There is no run 9 that you can see.');
});

// Runs over real HTTP, followed from their rows to their end: how they ended, why, and when nobody looks any more.
import { describe, expect } from 'vitest';
import type { AskedWrite } from '../../../src/deployment/approval/write.ts';
import { UserError } from '../../../src/values/errors.ts';
import { ANA, deploymentTest } from '../rig.ts';

const HOUR = 3_600_000;
const RUN: AskedWrite = { kind: 'run_job', job_id: '123', job_name: 'Churn', parameters: {} };

/** A run that was started; its end comes when `over` is called. */
const it = deploymentTest.extend('running', async ({ rig }) => {
  const settings = { name: 'Churn', tasks: [{ task_key: 'load' }, { task_key: 'fail_here' }, { task_key: 'report' }] };
  const job = { jobId: '123', creator: ANA, createdTime: 0, runAs: ANA, extra: {}, settings };
  rig.far.workspace.jobs.set('123', job);
  const { id } = await rig.writes.propose(RUN, { ...rig.by.identity, token: rig.token, loadBundle: rig.loadBundle });
  await rig.writes.assign(id, { ...rig.by.identity, conversationId: 'c1', turnId: 't1', slackUser: 'U_ANA' });
  await rig.writeApprovals.approve({ proposalId: id, by: rig.by, now: new Date() });
  expect(await rig.executor.execute({ proposalId: id, token: rig.token, onProgress: () => {} })).toMatchObject({ state: 'running' });
  const look = async (token = rig.token) => {
    const proposal = (await rig.writeApprovals.get(id)) ?? expect.fail('no such write');
    return rig.follower.look(proposal, token);
  };
  const end = (result: object) => {
    const [run] = [...rig.far.workspace.runs.values()];
    if (run !== undefined) rig.far.workspace.runs.set(run.runId, { ...run, endTime: run.startTime, ...result });
  };
  return {
    id,
    look,
    end,
    link: { text: expect.stringMatching(/^run \d+$/), url: expect.stringContaining(`${rig.far.url}/jobs/123/runs/`) },
  };
});

describe('a run', () => {
  it('is left running by a restart, and told when it is over, with the first error', async ({ rig, running: { id, look, end, link } }) => {
    await rig.executor.leftBehind(id);
    expect(await rig.executor.interrupted()).toEqual([]);
    expect(await look()).toBeUndefined();
    end({});
    const result = await look();
    const said = "fail_here: ValueError: fail_here can't read its table";
    expect(result).toMatchObject({ state: 'failed', problem: 'The run failed.', said, ms: 0, link });
    await rig.follower.end(id, result ?? expect.fail());
    expect(await rig.writeApprovals.get(id)).toMatchObject({ state: 'failed', result });
    expect(await rig.follower.due()).toEqual([]);
  });

  it('that succeeded says how long it took', async ({ running: { look, end } }) => {
    end({ failing: undefined });
    expect(await look()).toMatchObject({ state: 'done', ms: 0 });
  });

  it('is looked at by one caller at a time, less often the older it is', async ({ rig, running: { id } }) => {
    const both = await Promise.all([rig.follower.due(), rig.follower.due()]);
    expect(both.flat().map((one) => one.id)).toEqual([id]);
    expect(await rig.follower.due()).toEqual([]);
    await rig.clock.turn(2000);
    expect(await rig.follower.due()).toHaveLength(1);
    await rig.clock.turn(HOUR);
    expect(await rig.follower.due()).toHaveLength(1);
    await rig.clock.turn(59_000);
    expect(await rig.follower.due()).toEqual([]);
    await rig.clock.turn(1000);
    expect(await rig.follower.due()).toHaveLength(1);
  });

  it.for([
    ['busy', { status: 429, times: 1 }],
    ['down', { status: 503 }],
    ['out of reach', { close: true }],
  ] as const)('goes on being followed while the workspace is %s', async ([, fault], { rig, running: { look } }) => {
    rig.far.faults.on('GET /api/2.2/jobs/runs/get', fault);
    expect(await rig.clock.turnUntil(look())).toBeUndefined();
  });

  it('is let go where it may not be seen, where its person is gone, and after a day; and that is said', async ({
    rig,
    running: { look, end, link },
  }) => {
    const off = rig.far.faults.on('GET /api/2.2/jobs/runs/get', { status: 403, message: 'no' });
    expect(await look()).toMatchObject({
      state: 'unknown',
      problem: expect.stringMatching(/^It was started, but how it ends I can’t see/),
      link,
    });
    off();
    const gone = () => Promise.reject(new UserError({ doing: 'x', problem: 'You are not connected.', next: 'y' }));
    expect(await look(gone)).toMatchObject({ state: 'unknown', problem: expect.stringContaining('You are not connected.') });
    await rig.clock.turn(24 * HOUR);
    expect(await look()).toMatchObject({ state: 'unknown', problem: expect.stringContaining('after 24 hours; I have stopped following') });
    end({});
    expect(await look()).toMatchObject({ state: 'failed' });
  });
});

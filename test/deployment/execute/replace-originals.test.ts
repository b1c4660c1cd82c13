// A copy takes its original's place: which of the two starts by itself after every step, and what a pipeline waits for.
import { describe, expect } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { PipelineDefinition } from '../../../src/bundle/model/bundle.ts';
import { objectOf } from '../../../src/values/json.ts';
import { madeUp } from '../../bundle/case-kinds.ts';
import { HOST, job, notebookTask } from '../../bundle/fixtures.ts';
import { seedOriginals } from '../../bundle/seed-lookups.ts';
import { CLI } from '../../located-cli.ts';
import { ANA, deploymentTest } from '../rig.ts';

const task = notebookTask('a', `/Workspace/Users/${ANA}/etl/a`);
const environments = [{ environment_key: 'default', spec: { environment_version: '2' } }];
const original = job({ name: 'Nightly', tags: { team: 'sales' }, tasks: [task], environments });
const IN_HOME = `/Workspace/Users/${ANA}/.bundle/nightly/prod`;

const FEED = '0f0f0f0f-0000-4000-8000-000000000002';
const feed: PipelineDefinition = {
  ...{ type: 'pipelines', id: FEED, creator: ANA, runAs: ANA, grants: [] },
  spec: { id: FEED, name: 'Feed', catalog: 'main', schema: 'raw', serverless: true, continuous: true },
};
const scheduled = {
  ...job({
    ...original.settings,
    tasks: [task, { task_key: 'feed', pipeline_task: { pipeline_id: FEED } }],
    schedule: { quartz_cron_expression: '0 0 2 * * ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
  }),
  related: [feed],
};

const CALLER = '900';

/** A copy that takes the original's place: whether each of the two would start by itself, after every call that changes one. */
const replacing = deploymentTest
  .extend('bundle', ({ rig }) => {
    seedOriginals(rig.far.workspace, scheduled);
    const calls = { name: 'Morning', tasks: [{ task_key: 'nightly', run_job_task: { job_id: 77 } }] };
    rig.far.workspace.jobs.set(CALLER, { jobId: CALLER, settings: calls, creator: ANA, runAs: ANA, createdTime: 0, extra: {} });
    const adoption = { prod: 'replace' as const };
    return generateBundle({
      definition: scheduled,
      sources: madeUp(scheduled),
      host: HOST,
      options: { adoption, roots: { prod: IN_HOME } },
    });
  })
  .extend('deploy', ({ rig, bundle }) => async () => {
    const plan = await rig.plan(bundle, 1, 'prod');
    if (!('id' in plan)) throw new Error(`No plan: ${plan.problem}`);
    await rig.approvals.approve({ proposalId: plan.id, by: rig.by, now: new Date() });
    const lines: string[] = [];
    const result = await rig.deployer.deploy({ proposalId: plan.id, token: rig.token, onProgress: (line) => lines.push(line) });
    return { plan, result, lines };
  })
  .extend('live', ({ rig }) => () => {
    const jobs = [...rig.far.workspace.jobs.values()].filter(({ jobId }) => jobId !== CALLER);
    const paused = jobs.map(({ jobId, settings }) => {
      const { schedule } = settings;
      const status = typeof schedule === 'object' && schedule !== null && 'pause_status' in schedule ? schedule.pause_status : undefined;
      return `${jobId === '77' ? 'original' : 'copy'} ${String(status)}`;
    });
    return paused.sort();
  });

describe.skipIf(CLI === undefined)('a copy that takes the place of its original', () => {
  replacing(
    'is deployed paused, pauses the original, and only then runs; the next plan changes nothing',
    async ({ rig, bundle, deploy, live }) => {
      const { plan, result, lines } = await deploy();
      const told = plan.release?.findings.filter(({ weight }) => weight !== 'note');
      expect(told?.map(({ weight, text }) => `${weight}: ${text}`)).toEqual([
        'warning: Pauses the original, job `77`, once the copy is there; only then the copy starts by itself.',
        `warning: The original of pipeline \`feed\`, \`${FEED}\`, runs on all the time, since I pause jobs alone; the copy waits. Once it is set to triggered, plan again: the copy then takes its place.`,
        'warning: `Morning` (900) calls the original: pausing it does not stop that, so both would do the same work.',
      ]);
      expect(result).toMatchObject({ state: 'done' });
      expect(result.problem).toBeUndefined();
      expect(lines.slice(-2)).toEqual(['Pausing the original, job 77', expect.stringMatching(/^Unpausing the copy, job \d+$/)]);
      expect(live()).toEqual(['copy UNPAUSED', 'original PAUSED']);
      const again = await rig.plan(bundle, 2, 'prod');
      expect(again).toMatchObject({
        release: {
          resources: [
            { type: 'jobs', action: 'unchanged' },
            { type: 'pipelines', settings: [] },
          ],
        },
      });
      const { pipelines } = rig.far.workspace;
      const feeds = () =>
        [...pipelines.entries()]
          .map(([id, { spec }]) => `${id === FEED ? 'original' : 'copy'} ${objectOf(spec).continuous === true}`)
          .sort();
      expect(feeds()).toEqual(['copy false', 'original true']);
      Object.assign(pipelines.get(FEED)?.spec ?? {}, { continuous: false });
      const last = await deploy();
      expect(last.plan.release?.findings.map(({ text }) => text)).toEqual(['Starts by itself from now on: pipeline `feed`.']);
      expect(feeds()).toEqual(['copy true', 'original false']);
    },
  );

  replacing('stays paused where the original can’t be paused, and the next plan goes on from there', async ({ rig, deploy, live }) => {
    const off = rig.far.faults.on('POST /api/2.2/jobs/update', { status: 403, message: 'no' });
    const { plan, result } = await deploy();
    expect(result).toMatchObject({ state: 'done', problem: expect.stringContaining('its original, job 77, could not be paused') });
    expect(live()).toEqual(['copy PAUSED', 'original UNPAUSED']);
    // As if the process had been killed just after the copy was made.
    await rig.db.query(`update proposals set state = 'unknown' where id = $1`, [plan.id]);
    expect(await rig.lookAgain({ proposalId: plan.id, token: rig.token })).toMatchObject({
      problem: expect.stringContaining('Everything is in prod, and what takes the place of an original is still paused: `nightly`, `feed`'),
    });
    await rig.db.query(`update proposals set state = 'done' where id = $1`, [plan.id]);
    off();
    expect((await deploy()).result).toMatchObject({ state: 'done' });
    expect(live()).toEqual(['copy UNPAUSED', 'original PAUSED']);
  });

  replacing('is found paused beside a paused original after a kill between the two', async ({ rig, deploy, live }) => {
    rig.far.faults.on('POST /api/2.2/jobs/update', { close: true, afterHandler: true, times: 1 });
    const off = rig.far.faults.on('POST /api/2.2/jobs/update', { status: 500 });
    const { result } = await deploy();
    expect(result).toMatchObject({ problem: expect.stringContaining('Both the copy and its original, job 77, are paused now') });
    expect(live()).toEqual(['copy PAUSED', 'original PAUSED']);
    off();
    const { plan } = await deploy();
    expect(plan.release?.resources).toMatchObject([
      { settings: [{ path: 'schedule.pause_status', was: 'PAUSED', is: 'UNPAUSED' }] },
      { action: 'unchanged' },
    ]);
    expect(live()).toEqual(['copy UNPAUSED', 'original PAUSED']);
  });
});

// Taking over by the command line and from Slack, with the real CLI: the original keeps its id, what was shown is what happens, or nothing does.
import { describe, expect } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { digestFiles } from '../../../src/bundle/model/bundle.ts';
import { createPlaceRows } from '../../../src/storage/deployment-places.ts';
import { createProposalRows } from '../../../src/storage/deployment-proposals.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { madeUp } from '../../bundle/case-kinds.ts';
import { HOST, job, notebookTask } from '../../bundle/fixtures.ts';
import { seedOriginals } from '../../bundle/seed-lookups.ts';
import { roundtripTest } from '../../conversion/roundtrip-rig.ts';
import { CLI } from '../../located-cli.ts';
import { ANA, deploymentTest, type Rig } from '../rig.ts';

const task = notebookTask('a', `/Workspace/Users/${ANA}/etl/a`);
const environments = [{ environment_key: 'default', spec: { environment_version: '2' } }];
const original = job({ name: 'Nightly', tags: { team: 'sales' }, tasks: [task], environments });
const bundleOf = (adopt: boolean, settings?: JsonObject) => {
  const definition = settings === undefined ? original : { ...original, settings };
  return generateBundle({ definition, sources: madeUp(definition), host: HOST, options: adopt ? { adoption: { prod: 'bind' } } : {} });
};

/** With the original in it. */
const test = roundtripTest.extend('seeded', ({ far }) => {
  seedOriginals(far.standIn.workspace, original);
  return far;
});

describe.skipIf(CLI === undefined)('a target that takes the original over', () => {
  const isDeployed = (settings: JsonObject | undefined) => settings?.deployment !== undefined;

  test('has it under its own id, and deploys it again without another bind', async ({ seeded: far }) => {
    const { jobs } = far.standIn.workspace;
    const said: string[] = [];
    const first = await far.deploy(bundleOf(true), 'prod', (line) => said.push(line));
    expect(said).toContain('Binding jobs.nightly to 77');
    expect(first).toMatchObject({ differences: [], jobs: [expect.stringContaining('/jobs/77')] });
    const again = await far.deploy(bundleOf(true, { ...original.settings, description: 'changed' }), 'prod', (line) => said.push(line));
    expect(again.differences).toEqual([]);
    expect(said.filter((line) => line.startsWith('Binding'))).toHaveLength(1);
    expect([...jobs.keys()]).toEqual(['77']);
    expect(jobs.get('77')?.settings).toMatchObject({ name: 'Nightly', description: 'changed', deployment: { kind: 'BUNDLE' } });
  });

  test('is refused where another bundle owns the original, before anything is bound', async ({ seeded: far }) => {
    const { jobs, files } = far.standIn.workspace;
    const there = jobs.get('77');
    if (there !== undefined) there.settings = { ...there.settings, deployment: { kind: 'BUNDLE', metadata_file_path: '/x' } };
    await expect(far.deploy(bundleOf(true), 'prod')).rejects.toThrow(/A bundle already owns job 77/);
    expect(files.paths().filter((path) => path.endsWith('resources.json'))).toEqual([]);
  });

  test('is refused where a copy is deployed under the key', async ({ seeded: far }) => {
    const { jobs } = far.standIn.workspace;
    await far.deploy(bundleOf(false), 'prod');
    expect(jobs.size).toBe(2);
    await expect(far.deploy(bundleOf(true), 'prod')).rejects.toThrow(/`nightly` is already deployed there as \d+, a copy/);
    expect(isDeployed(jobs.get('77')?.settings)).toBe(false);
  });
});

describe.skipIf(CLI === undefined)('a copy', () => {
  test('is refused where it would take away what another bundle of its name deployed', async ({ far }) => {
    const { jobs } = far.standIn.workspace;
    const child = job({ name: 'Child', tasks: [task], environments }, { job_id: 78 });
    const parent = { ...original, settings: { ...original.settings, tasks: [task, { task_key: 'next', run_job_task: { job_id: 78 } }] } };
    const both = { ...parent, related: [{ type: 'jobs' as const, definition: child }] };
    await far.deploy(generateBundle({ definition: both, sources: madeUp(both), host: HOST }), 'prod');
    expect([...jobs.values()].map(({ settings }) => settings.name).sort()).toEqual(['Child', 'Nightly']);
    await expect(far.deploy(bundleOf(false), 'prod')).rejects.toThrow(/The plan would delete jobs.child: another bundle of this name/);
    expect(jobs.size).toBe(2);
  });
});

const IN_HOME = `/Workspace/Users/${ANA}/.bundle/nightly/prod`;

/** From Slack: seeded, planned, approved and deployed as ana. */
const slack = deploymentTest
  .extend('takingOver', ({ rig }) => {
    seedOriginals(rig.far.workspace, original);
    const adoption = { prod: 'bind' as const };
    return generateBundle({ definition: original, sources: madeUp(original), host: HOST, options: { adoption, roots: { prod: IN_HOME } } });
  })
  .extend('approved', ({ rig, takingOver }) => async () => {
    const plan = await rig.plan(takingOver, 1, 'prod');
    if (!('id' in plan)) throw new Error(`No plan: ${plan.problem}`);
    await rig.approvals.approve({ proposalId: plan.id, by: rig.by, now: new Date() });
    return plan;
  })
  .extend(
    'deploy',
    ({ rig }) =>
      (proposalId: string) =>
        rig.deployer.deploy({ proposalId, token: rig.token, onProgress: () => {} }),
  );

const writes = ({ far }: Rig) => far.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/mkdirs'));

describe.skipIf(CLI === undefined)('taking over from Slack', () => {
  slack('shows what changes of the original, field by field, and writes nothing before the click', async ({ rig, takingOver }) => {
    const job = rig.far.workspace.jobs.get('77');
    if (job !== undefined) job.settings = { ...job.settings, max_concurrent_runs: 3, description: 'by hand' };
    const plan = await rig.plan(takingOver, 1, 'prod');
    expect(plan).toMatchObject({
      release: {
        resources: [
          {
            ...{ type: 'jobs', key: 'nightly', id: '77', action: 'adopt' },
            settings: expect.arrayContaining([
              { path: 'max_concurrent_runs', was: '3', is: '1', byHand: false },
              { path: 'description', was: 'by hand', byHand: false },
            ]),
          },
        ],
      },
    });
    expect(writes(rig)).toEqual([]);
  });

  slack('makes the original part of the deployment, and remembers it', async ({ rig, approved, deploy }) => {
    const { id } = await approved();
    expect(await deploy(id)).toMatchObject({ state: 'done', jobs: [{ id: '77' }] });
    expect([...rig.far.workspace.jobs.keys()]).toEqual(['77']);
    expect(rig.far.workspace.jobs.get('77')?.settings).toMatchObject({ deployment: { kind: 'BUNDLE' } });
    const place = await createPlaceRows(rig.db).ofProduction({ host: rig.far.url, subject: 'job 123', target: 'prod' });
    expect(place).toMatchObject({ adoption: 'bind', adopted: { 'jobs.nightly': '77' } });
  });

  slack('does nothing where the original was edited since the card', async ({ rig, approved, deploy }) => {
    const { id } = await approved();
    const job = rig.far.workspace.jobs.get('77');
    if (job !== undefined) job.settings = { ...job.settings, name: 'Renamed by hand' };
    expect(await deploy(id)).toMatchObject({
      state: 'failed',
      ending: 'nothing',
      problem: expect.stringContaining('has changed since this plan'),
    });
    expect(writes(rig)).toEqual([]);
  });

  slack('gives the original back where the bound plan is another one', async ({ rig, approved, deploy }) => {
    const { id } = await approved();
    const edit = rig.far.faults.on('POST /api/2.0/workspace-files/import-file/*resources.json', { delayMs: 0 });
    void edit.struck.then(() => {
      const job = rig.far.workspace.jobs.get('77');
      if (job !== undefined) job.settings = { ...job.settings, timeout_seconds: 60 };
    });
    expect(await deploy(id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining(
        'would do something else than was shown: `nightly` was edited meanwhile (`timeout_seconds`). It runs on as before',
      ),
    });
    const plan = await rig.cli.open(
      {
        files: (await rig.loadBundle((await rig.approvals.get(id))?.bundleDigest ?? ''))?.files ?? [],
        host: rig.far.url,
        token: rig.token,
      },
      (open) => open.plan('prod'),
    );
    expect(plan.plan.plan).toMatchObject({ 'resources.jobs.nightly': { action: 'create' } });
    expect(rig.far.workspace.jobs.get('77')?.settings).toMatchObject({ timeout_seconds: 60 });
  });

  slack('that can’t be given back is said to be bound still, and the place is kept', async ({ rig, approved, deploy }) => {
    const { id } = await approved();
    const edit = rig.far.faults.on('POST /api/2.0/workspace-files/import-file/*resources.json', { delayMs: 0 });
    void edit.struck.then(() => {
      const job = rig.far.workspace.jobs.get('77');
      if (job !== undefined) job.settings = { ...job.settings, timeout_seconds: 60 };
      rig.far.faults.on('POST /api/2.0/workspace-files/import-file/*deploy.lock', { status: 403, message: 'no' });
    });
    expect(await deploy(id)).toMatchObject({
      ...{ state: 'failed', ending: 'mix' },
      problem: expect.stringContaining('Still bound to this deployment, otherwise as before: `nightly` (77)'),
      next: expect.stringContaining('bundle deployment unbind nightly -t prod'),
    });
    const place = await createPlaceRows(rig.db).ofProduction({ host: rig.far.url, subject: 'job 123', target: 'prod' });
    expect(place).toMatchObject({ rootPath: IN_HOME });
  });

  slack('that was killed between bind and deploy is found so, and goes on from there', async ({ rig, takingOver, approved, deploy }) => {
    const { id } = await approved();
    expect((await createProposalRows(rig.db).start(id)).kind).toBe('started');
    await rig.cli.open({ files: takingOver.files, host: rig.far.url, token: rig.token }, (open) => open.bind('prod', 'nightly', '77'));
    await createProposalRows(rig.db).begin(id, new Date(rig.clock.now()));
    await rig.deployer.leftBehind(id);
    const bound = 'Nothing of it is in prod yet, but the original is bound to it already: `nightly` (77) runs on as before.';
    expect(await rig.lookAgain({ proposalId: id, token: rig.token })).toMatchObject({ state: 'unknown', problem: `So far: ${bound}` });
    await rig.clock.turn(46 * 60_000);
    expect(await rig.lookAgain({ proposalId: id, token: rig.token })).toMatchObject({
      ...{ state: 'failed', ending: 'mix', problem: bound },
      next: expect.stringMatching(/fresh plan to finish it.*bundle deployment unbind nightly -t prod/),
    });
    const again = await approved();
    expect(again.release?.resources).toMatchObject([{ action: 'adopt', id: '77' }]);
    expect(await deploy(again.id)).toMatchObject({ state: 'done', jobs: [{ id: '77' }] });
  });

  slack('is refused before the click where another bundle owns the original', async ({ rig, takingOver }) => {
    const job = rig.far.workspace.jobs.get('77');
    if (job !== undefined) job.settings = { ...job.settings, deployment: { kind: 'BUNDLE', metadata_file_path: '/x/state/metadata.json' } };
    expect(await rig.plan(takingOver, 1, 'prod')).toMatchObject({ problem: expect.stringContaining('A bundle already owns job 77') });
  });

  slack('never deletes the original later: not with its key gone, and not by a destroy', async ({ rig, takingOver, approved, deploy }) => {
    await deploy((await approved()).id);
    const yaml =
      'bundle:\n  name: nightly\n  engine: direct\ntargets:\n  prod:\n    mode: production\n    workspace:\n' +
      `      root_path: ${IN_HOME}\n`;
    const file = { path: 'databricks.yml', bytes: Buffer.from(yaml) };
    const without = { ...takingOver, files: [file], resources: [], targets: ['prod'], digest: digestFiles([file]) };
    expect(await rig.plan(without, 2, 'prod')).toMatchObject({
      problem: expect.stringContaining('`nightly` is the original, 77'),
      next: expect.stringContaining('unbind'),
    });
    const by = { host: rig.far.url, userName: ANA, token: rig.token, loadBundle: rig.loadBundle };
    const destroying = rig.writes.propose({ kind: 'destroy_bundle', bundle: takingOver.digest, target: 'prod' }, by);
    await expect(destroying).rejects.toThrow(/`nightly` is the original job 77.*bundle deployment unbind nightly -t prod/s);
    expect([...rig.far.workspace.jobs.keys()]).toEqual(['77']);
  });
});

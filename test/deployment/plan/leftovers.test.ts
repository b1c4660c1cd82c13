// What a deployment left behind is found before it is made a second time, with the real CLI; and what only looks like it raises no alarm.
import { describe, expect } from 'vitest';
import type { Bundle } from '../../../src/bundle/model/bundle.ts';
import type { DeploymentProposal } from '../../../src/deployment/approval/deployment-proposal.ts';
import { CLI } from '../../located-cli.ts';
import { bundleOf, deploymentTest } from '../rig.ts';

const LOST = { afterHandler: true, close: true, times: 1 } as const;
const PIPELINE = 'resources:\n  pipelines:\n    feed:\n      name: Feed\n      catalog: main\n      schema: raw\n';
const DASHBOARD =
  'resources:\n  dashboards:\n    sales:\n      display_name: Sales\n      warehouse_id: w1\n      file_path: ../src/sales.lvdash.json\n';

const root = new TextDecoder().decode(bundleOf().files.find(({ path }) => path === 'databricks.yml')?.bytes);

/** With something beside the job. */
const withMore = (file: string, yaml: string, files: Record<string, string> = {}): Bundle => {
  const included = root.replace('  - resources/churn.job.yml', `$&\n  - ${file}`);
  return bundleOf({ 'databricks.yml': included, [file]: yaml, ...files });
};
const withJob = () => withMore('resources/second.job.yml', 'resources:\n  jobs:\n    second:\n      name: Second\n');
const withPipeline = () => withMore('resources/feed.pipeline.yml', PIPELINE);
const withDashboard = () => withMore('resources/sales.dashboard.yml', DASHBOARD, { 'src/sales.lvdash.json': '{"pages":[]}' });

const it = deploymentTest.extend('deploy', ({ rig }) => async (bundle: Bundle, version: number, target = 'dev') => {
  const proposal = await rig.plan(bundle, version, target);
  if ('problem' in proposal) throw new Error(`No plan: ${proposal.problem} ${proposal.next}`);
  await rig.approvals.approve({ proposalId: proposal.id, by: rig.by, now: new Date() });
  return await rig.deployer.deploy({ proposalId: proposal.id, token: rig.token, onProgress: () => undefined });
});

const actionsOf = (planned: DeploymentProposal | { problem: string }) =>
  'problem' in planned ? planned.problem : planned.release?.resources.map(({ action, key }) => `${action} ${key}`).sort();

describe.skipIf(CLI === undefined)('what a deployment left behind', () => {
  it.for(['dev', 'prod'])('is found when the job was renamed since, in %s', async (target, { rig, deploy }) => {
    rig.far.faults.on('POST /api/2.2/jobs/create', LOST);
    expect(await deploy(bundleOf(), 1, target)).toMatchObject({ ok: false, problem: expect.stringContaining('does not know') });
    const [[id = '', job] = []] = [...rig.far.workspace.jobs];
    if (job === undefined) throw new Error('the job was not made');
    job.settings = { ...job.settings, name: 'Renamed by hand' };
    expect(await rig.plan(bundleOf(), 2, target)).toEqual({
      problem: `An earlier deployment of this bundle made job “Renamed by hand” (${id}), and its record does not know of it: deploying would make a duplicate.`,
      next: 'Look at it in the workspace. Delete it if nobody needs it, then ask for a fresh plan.',
    });
    rig.far.workspace.jobs.delete(id);
    expect(actionsOf(await rig.plan(bundleOf(), 3, target))).toEqual(['create churn']);
  });

  it('is found beside what the record knows, and after a second failure too', async ({ rig, deploy }) => {
    await deploy(bundleOf(), 1, 'prod');
    rig.far.faults.on('POST /api/2.2/jobs/create', LOST);
    expect(await deploy(withJob(), 2, 'prod')).toMatchObject({ ok: false });
    const second = [...rig.far.workspace.jobs.values()].find(({ settings }) => settings.name === 'Second');
    if (second === undefined) throw new Error('the job was not made');
    second.settings = { ...second.settings, name: 'Other' };
    expect(await rig.plan(withJob(), 3, 'prod')).toMatchObject({ problem: expect.stringMatching(/made job “Other” \(\d+\), and/) });
  });

  it('stops a click whose plan is older', async ({ rig, deploy }) => {
    const planned = await rig.plan(bundleOf(), 1);
    if ('problem' in planned) throw new Error(planned.problem);
    await rig.approvals.approve({ proposalId: planned.id, by: rig.by, now: new Date() });
    // Somebody else's deployment of the same bundle loses its connection meanwhile.
    rig.far.faults.on('POST /api/2.2/jobs/create', LOST);
    await rig.cli.open({ files: bundleOf().files, host: rig.far.url, token: rig.token }, async (open) => {
      await open.deployPlan('dev', { plan: (await open.plan('dev')).text, deletes: false }, () => undefined);
    });
    const result = await rig.deployer.deploy({ proposalId: planned.id, token: rig.token, onProgress: () => undefined });
    expect(result).toMatchObject({ ok: false, state: 'failed' });
    expect(rig.far.workspace.jobs.size).toBe(1);
    expect(await rig.plan(bundleOf(), 2)).toMatchObject({ problem: expect.stringContaining('would make a duplicate') });
    await expect(deploy(bundleOf(), 3)).rejects.toThrow('would make a duplicate');
  });

  it('is found of pipelines, renamed ones too', async ({ rig, deploy }) => {
    rig.far.faults.on('POST /api/2.0/pipelines', LOST);
    expect(await deploy(withPipeline(), 1, 'prod')).toMatchObject({ ok: false, problem: expect.stringContaining('does not know') });
    const [id] = rig.far.workspace.pipelines.keys();
    expect(await rig.plan(withPipeline(), 2, 'prod')).toMatchObject({
      problem: `An earlier deployment of this bundle made pipeline “Feed” (${id}), and its record does not know of it: Databricks would refuse to make it a second time.`,
    });
    const twice = withMore('resources/feed.pipeline.yml', `${PIPELINE}      allow_duplicate_names: true\n`);
    expect(await rig.plan(twice, 3, 'prod')).toMatchObject({ problem: expect.stringContaining('would make a duplicate') });
    const left = rig.far.workspace.pipelines.get(id ?? '') ?? expect.fail();
    rig.far.workspace.pipelines.set(id ?? '', { ...left, name: 'Other', spec: { ...(left.spec as object), name: 'Other' } });
    expect(await rig.plan(withPipeline(), 4, 'prod')).toMatchObject({
      problem: expect.stringMatching(/made pipeline “Other” .*would make a duplicate/),
    });
  });

  it('is found of dashboards, renamed ones too', async ({ rig, deploy }) => {
    rig.far.faults.on('POST /api/2.0/lakeview/dashboards', LOST);
    expect(await deploy(withDashboard(), 1, 'prod')).toMatchObject({ ok: false, problem: expect.stringContaining('does not know') });
    const [[id, dashboard] = []] = [...rig.far.workspace.dashboards];
    if (dashboard === undefined) throw new Error('the dashboard was not made');
    expect(await rig.plan(withDashboard(), 2, 'prod')).toMatchObject({
      problem: `An earlier deployment of this bundle made dashboard “Sales” (${id}), and its record does not know of it: Databricks would refuse to make it a second time.`,
    });
    dashboard.draft = { ...dashboard.draft, display_name: 'Renamed' };
    expect(await rig.plan(withDashboard(), 3, 'prod')).toMatchObject({ problem: expect.stringContaining('made dashboard “Renamed”') });
  });

  it('is told from a dashboard of the same name in a folder that others use too', async ({ rig, deploy }) => {
    const files = { 'src/sales.lvdash.json': '{"pages":[]}' };
    const shared = withMore('resources/sales.dashboard.yml', `${DASHBOARD}      parent_path: /Workspace/Shared\n`, files);
    const path = '/Shared/Sales.lvdash.json';
    const draft = { dashboard_id: 'd1', display_name: 'Sales', path, parent_path: '/Shared', lifecycle_state: 'ACTIVE' };
    rig.far.workspace.dashboards.set('d1', { creator: 'ben@acme.example', draft });
    expect(await rig.plan(shared, 1, 'prod')).toMatchObject({
      problem: expect.stringMatching(/^In `\/Workspace\/Shared` lies a dashboard “Sales” \(d1\) already/),
    });
    rig.far.workspace.dashboards.clear();
    expect(await deploy(shared, 2, 'prod')).toMatchObject({ ok: true });
    expect(actionsOf(await rig.plan(shared, 3, 'prod'))).toEqual(['unchanged churn', 'unchanged sales']);
  });
});

describe.skipIf(CLI === undefined)('no alarm', () => {
  it('comes where the place was destroyed properly', async ({ rig, deploy }) => {
    const bundle = withDashboard();
    expect(await deploy(bundle, 1)).toMatchObject({ ok: true });
    const gone = await rig.cli.open({ files: bundle.files, host: rig.far.url, token: rig.token }, (open) =>
      open.destroy('dev', () => undefined),
    );
    expect(gone.result.code).toBe(0);
    expect(actionsOf(await rig.plan(bundle, 2))).toEqual(['create churn', 'create sales']);
  });

  it('comes for a second target, or another bundle whose job has the same name', async ({ rig, deploy }) => {
    expect(await deploy(bundleOf(), 1, 'prod')).toMatchObject({ ok: true });
    expect(await deploy(bundleOf(), 1, 'dev')).toMatchObject({ ok: true });
    const renamed = root.replace('name: churn', 'name: churn_two');
    const other = { ...bundleOf({ 'databricks.yml': renamed }), name: 'churn_two' };
    expect(actionsOf(await rig.plan(other, 2, 'dev'))).toEqual(['create churn']);
  });

  it('comes for a job that was unbound on purpose, also when another one is added later', async ({ rig, deploy }) => {
    expect(await deploy(bundleOf(), 1)).toMatchObject({ ok: true });
    const unbound = await rig.cli.open({ files: bundleOf().files, host: rig.far.url, token: rig.token }, (open) =>
      open.unbind('dev', 'churn'),
    );
    expect(unbound.result.code).toBe(0);
    expect(actionsOf(await rig.plan(bundleOf(), 2))).toEqual(['create churn']);
    expect(await deploy(bundleOf(), 3)).toMatchObject({ ok: true });
    expect(actionsOf(await rig.plan(withJob(), 4))).toEqual(['create second', 'unchanged churn']);
  });

  it('comes for a pipeline that was unbound on purpose where a second one may have its name', async ({ rig, deploy }) => {
    const bundle = withMore('resources/feed.pipeline.yml', `${PIPELINE}      allow_duplicate_names: true\n`);
    expect(await deploy(bundle, 1)).toMatchObject({ ok: true });
    await rig.cli.open({ files: bundle.files, host: rig.far.url, token: rig.token }, (open) => open.unbind('dev', 'feed'));
    expect(actionsOf(await rig.plan(bundle, 2))).toContain('create feed');
  });

  it('comes for an ordinary deployment, and the look costs nothing where nothing is made', async ({ rig, deploy }) => {
    const asked = (path: string) => rig.far.requests.filter((one) => one.path.startsWith(path)).length;
    expect(await rig.plan(bundleOf(), 1)).toMatchObject({ state: 'open' });
    // The two folders of the deployment, and one name.
    expect([asked('/api/2.0/workspace/list'), asked('/api/2.2/jobs/list')]).toEqual([2, 1]);
    expect(await deploy(bundleOf(), 2)).toMatchObject({ ok: true });
    rig.far.requests.length = 0;
    const edited = bundleOf({ 'src/load.py': '# Databricks notebook source\nprint("edited")\n' });
    expect(actionsOf(await rig.plan(edited, 3))).toEqual(['unchanged churn']);
    expect(asked('/api/2.2/jobs/list')).toBe(0);
    rig.far.requests.length = 0;
    expect(actionsOf(await rig.plan(withJob(), 4))).toEqual(['create second', 'unchanged churn']);
    expect(asked('/api/2.2/jobs/list')).toBe(1);
  });
});

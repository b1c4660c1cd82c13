// Writes by the real Databricks CLI: runs and destroys what is deployed, and nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Bundle } from '../../../src/bundle/model/bundle.ts';
import type { AskedWrite } from '../../../src/deployment/approval/write.ts';
import { programOf } from '../../../src/deployment/cli/program.ts';
import { createProposalRows } from '../../../src/storage/deployment-proposals.ts';
import { createWriteRows } from '../../../src/storage/write-proposals.ts';
import { CLI } from '../../located-cli.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { ANA, bundleOf, deploymentTest, type Rig } from '../rig.ts';

const proposer = (rig: Rig) => ({ ...rig.by.identity, token: rig.token, loadBundle: rig.loadBundle });
const wrote = (rig: Rig) =>
  rig.far.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/mkdirs')).map(({ path }) => path);

const withParameters = () =>
  bundleOf({
    'resources/churn.job.yml': `resources:
  jobs:
    churn:
      name: Churn
      parameters:
        - name: day
          default: today
      tasks:
        - task_key: load
          notebook_task:
            notebook_path: ../src/load.py
`,
  });

const it = deploymentTest
  .extend('folder', temporaryFolder)
  .extend('deploy', ({ rig }) => async (bundle: Bundle, target = 'dev'): Promise<string> => {
    const plan = await rig.plan(bundle, 1, target);
    if (!('id' in plan)) throw new Error(plan.problem);
    await rig.approvals.approve({ proposalId: plan.id, by: rig.by, now: new Date() });
    const result = await rig.deployer.deploy({ proposalId: plan.id, token: rig.token, onProgress: () => undefined });
    rig.far.requests.length = 0;
    return result.jobs[0]?.id ?? '';
  })
  .extend('approved', ({ rig }) => async (write: AskedWrite): Promise<string> => {
    const { id } = await rig.writes.propose(write, proposer(rig));
    expect(wrote(rig)).toEqual([]);
    expect(await rig.writeApprovals.approve({ proposalId: id, by: rig.by, now: new Date() })).toMatchObject({ ok: true });
    return id;
  })
  .extend(
    'execute',
    ({ rig }) =>
      (proposalId: string, lines: string[] = []) =>
        rig.executor.execute({ proposalId, token: rig.token, onProgress: (line) => lines.push(line) }),
  );

describe.skipIf(CLI === undefined)('writes by the Databricks CLI', () => {
  it('runs what is deployed, with parameters of any shape, and tells where the run is', async ({ rig, deploy, approved, execute }) => {
    const bundle = withParameters();
    const jobId = await deploy(bundle);
    const day = '2026-01-01, "x=1" --no-wait';
    const run = { kind: 'run_bundle', bundle: bundle.digest, target: 'dev', key: 'churn', parameters: { day } } as const;
    const result = await execute(await approved(run));
    const [started] = [...rig.far.workspace.runs.values()];
    expect(result).toMatchObject({ state: 'running', run: { runId: started?.runId }, link: { text: 'run of churn' } });
    expect(result.link?.url).toBe(`${rig.far.url}/jobs/${jobId}/runs/${started?.runId}`);
    expect(started?.body).toMatchObject({ creator_user_name: ANA, job_parameters: [{ name: 'day', value: day }] });
    expect(wrote(rig)).toEqual(['/api/2.2/jobs/run-now']);
    const other = { ...run, key: 'nope' };
    await expect(rig.writes.propose(other, proposer(rig))).rejects.toThrow('no such job or pipeline. It can run: churn.');
  });

  it('runs a pipeline, and follows its update to its end', async ({ rig, deploy, approved, execute }) => {
    const pipeline = `resources:
  pipelines:
    orders:
      name: Orders
      libraries:
        - notebook:
            path: ../src/load.py
`;
    const bundle = {
      ...bundleOf({ 'resources/churn.job.yml': pipeline }),
      resources: [{ type: 'pipelines', key: 'orders' }],
    } as const;
    await deploy(bundle);
    const run = { kind: 'run_bundle', bundle: bundle.digest, target: 'dev', key: 'orders', parameters: {} } as const;
    const id = await approved(run);
    const [pipelineId] = [...rig.far.workspace.pipelines.keys()];
    const result = await execute(id);
    expect(result).toMatchObject({ state: 'running', run: { pipelineId }, link: { text: 'run of orders' } });
    const look = async (of = id) => rig.follower.look((await rig.writeApprovals.get(of)) ?? expect.fail(), rig.token);
    expect(await look()).toBeUndefined();
    rig.far.workspace.runMs = 0;
    rig.far.requests.length = 0;
    const over = await approved(run);
    await execute(over);
    expect(await look(over)).toMatchObject({ state: 'done', ms: expect.any(Number) });
    const broken = rig.far.workspace.pipelines.get(pipelineId ?? '') ?? expect.fail();
    broken.name = 'Orders that fail';
    const said = "Flow 'orders' has FAILED. [TABLE_OR_VIEW_NOT_FOUND] The table raw cannot be found.";
    expect(await look(over)).toMatchObject({ state: 'failed', problem: 'The run failed.', said });
    const path = `/api/2.0/pipelines/${pipelineId}/updates/${result.run?.runId}`;
    rig.far.faults.on(`GET ${path}`, { status: 404, times: 1 });
    expect(await look()).toMatchObject({ state: 'unknown', problem: expect.stringContaining('how it ends I can’t see') });
  });

  it('follows the run that the CLI of a dead process has started, and knows of none elsewhere', async ({
    rig,
    deploy,
    approved,
    folder,
  }) => {
    const bundle = bundleOf();
    await deploy(bundle);
    const rows = createWriteRows(rig.db);
    const said = join(folder, 'err-1');
    writeFileSync(said, `Warning: slow\nRun URL: ${rig.far.url}/jobs/5/runs/42\n`);
    const ended = async (program: object) => {
      const id = await approved({ kind: 'run_bundle', bundle: bundle.digest, target: 'dev', key: 'churn', parameters: {} });
      await rows.start(id);
      await rows.begin(id, new Date(rig.clock.now()));
      await rows.runs(id, { ...program, said });
      await rig.executor.leftBehind(id);
      return (await rig.writeApprovals.get(id))?.result;
    };
    const child = spawn('true');
    const over = once(child, 'exit');
    const program = programOf(child.pid, said) ?? { machine: '', pid: 1, started: '' };
    await over;
    const link = { text: 'run of churn', url: `${rig.far.url}/jobs/5/runs/42` };
    if (process.platform === 'linux') expect(await ended(program)).toMatchObject({ state: 'running', run: { runId: '42' }, link });
    expect(await ended({ ...program, machine: 'another one' })).toMatchObject({ state: 'unknown' });
  });

  it('says what the CLI refused, and that it does not know when the answer was lost', async ({ rig, deploy, approved, execute }) => {
    const bundle = bundleOf();
    await rig.bundles.save(bundle);
    const run = { kind: 'run_bundle', bundle: bundle.digest, target: 'dev', key: 'churn', parameters: {} } as const;
    expect(await execute(await approved(run))).toMatchObject({ state: 'failed', problem: expect.stringContaining('Nothing was done') });
    await deploy(bundle);
    rig.far.faults.on('POST /api/2.2/jobs/run-now', { afterHandler: true, close: true, times: 1 });
    expect(await execute(await approved(run))).toMatchObject({ state: 'unknown' });
    expect(rig.far.workspace.runs.size).toBe(1);
  });

  it('destroys what the card listed, and only that', async ({ rig, deploy, approved, execute }) => {
    const bundle = bundleOf();
    const jobId = await deploy(bundle);
    const destroy = { kind: 'destroy_bundle', bundle: bundle.digest, target: 'dev' } as const;
    const id = await approved(destroy);
    const { write, danger } = (await rig.writeApprovals.get(id)) ?? {};
    expect([write, danger]).toEqual([
      { ...destroy, bundle_name: 'churn', environment: 'development', resources: [`job churn (${jobId}, "[dev ana] Churn")`] },
      true,
    ]);
    const lines: string[] = [];
    expect(await execute(id, lines)).toEqual({ state: 'done', ms: expect.any(Number) });
    expect(lines).toContain('Destroy complete!');
    expect(rig.far.workspace.jobs.size).toBe(0);
    expect(rig.far.workspace.files.paths().filter((path) => path.includes('/.bundle/churn/dev/files/'))).toEqual([]);
    await expect(rig.writes.propose(destroy, proposer(rig))).rejects.toThrow('Nothing of this bundle is deployed to dev');
  });

  it('destroys nothing when something else is deployed by then', async ({ rig, deploy, approved, execute }) => {
    const bundle = bundleOf();
    await deploy(bundle);
    const id = await approved({ kind: 'destroy_bundle', bundle: bundle.digest, target: 'dev' });
    const [job] = [...rig.far.workspace.jobs.values()];
    if (job === undefined) throw new Error('nothing was deployed');
    job.settings = { ...job.settings, name: 'precious now' };
    expect(await execute(id)).toMatchObject({ state: 'failed', problem: expect.stringContaining('has changed since this card was made') });
    expect(rig.far.workspace.jobs.size).toBe(1);
    expect(wrote(rig)).toEqual([]);
  });

  it('never destroys what a deployment has taken over', async ({ rig }) => {
    const bundle = {
      ...bundleOf({ 'src/load.py': '# Databricks notebook source\nprint("bound")\n' }),
      adoption: { prod: 'bind' },
    } as const;
    await rig.bundles.save(bundle);
    const destroy = { kind: 'destroy_bundle', bundle: bundle.digest, target: 'prod' } as const;
    await expect(rig.writes.propose(destroy, proposer(rig))).rejects.toThrow('Nothing of this bundle is deployed to prod');
    const plan = await rig.plan(bundle, 1, 'prod');
    if (!('id' in plan)) throw new Error(plan.problem);
    await rig.approvals.approve({ proposalId: plan.id, by: rig.by, now: new Date() });
    expect(await rig.deployer.deploy({ proposalId: plan.id, token: rig.token, onProgress: () => {} })).toMatchObject({ state: 'done' });
    await expect(rig.writes.propose(destroy, proposer(rig))).rejects.toThrow('taken over jobs that existed before');
    // Nor by way of a later version that does not say so any more.
    const later = bundleOf({ 'src/load.py': '# Databricks notebook source\nprint("later")\n' });
    await rig.bundles.save(later);
    await expect(rig.writes.propose({ ...destroy, bundle: later.digest }, proposer(rig))).rejects.toThrow('taken over');
  });

  it('lets a destroy and a deployment of the same place wait for each other', async ({ rig, deploy, approved, execute }) => {
    const bundle = bundleOf();
    await deploy(bundle);
    const id = await approved({ kind: 'destroy_bundle', bundle: bundle.digest, target: 'dev' });
    const later = bundleOf({ 'src/load.py': '# Databricks notebook source\nprint("later")\n' });
    const plan = await rig.plan(later, 2);
    if (!('id' in plan)) throw new Error(plan.problem);
    await rig.db.query(`update writes set state = 'running' where id = $1`, [id]);
    const decision = { proposalId: plan.id, by: rig.by, now: new Date() };
    expect(await rig.approvals.approve(decision)).toMatchObject({ ok: false, reason: expect.stringContaining('is running') });
    // Somebody else’s copy has the same name and target, and lies elsewhere.
    await rig.db.query(`update writes set root_path = replace(root_path, '${ANA}', 'ben@acme.example') where id = $1`, [id]);
    expect(await createProposalRows(rig.db).running(plan.id)).toBeUndefined();
    await rig.db.query(`update writes set root_path = replace(root_path, 'ben@acme.example', '${ANA}') where id = $1`, [id]);
    await createWriteRows(rig.db).begin(id, new Date(rig.clock.now()));
    await rig.executor.leftBehind(id);
    expect(await rig.approvals.approve(decision)).toMatchObject({ ok: false, reason: expect.stringContaining('may still be running') });

    await rig.db.query(`update writes set state = 'approved', result = null where id = $1`, [id]);
    await rig.db.query(`update proposals set state = 'running', decided_at = now() where id = $1`, [plan.id]);
    expect(await execute(id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('A deployment of this bundle is running'),
    });
    expect(rig.far.workspace.jobs.size).toBe(1);
  });
});

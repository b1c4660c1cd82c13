// From a bundle to a deployed job and everything that must stop it on the way, with the real CLI against the stand-in workspace.
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import type { NoProof } from '../../../src/bundle/proof/proof.ts';
import type { DeploymentProposal, DeployResult } from '../../../src/deployment/approval/deployment-proposal.ts';
import { createProposalRows } from '../../../src/storage/deployment-proposals.ts';
import { systemClock } from '../../../src/values/clock.ts';
import { CLI } from '../../located-cli.ts';
import { ANA, bundleOf, deploymentTest, type Rig, wireDeployment } from '../rig.ts';

const MINUTE = 60_000;

const writesOf = (rig: Rig) =>
  rig.far.requests.filter((entry) => entry.method !== 'GET' && !entry.path.endsWith('/mkdirs')).map((entry) => entry.path);

async function plan(rig: Rig, ...bundle: Parameters<Rig['plan']>): Promise<DeploymentProposal> {
  const made: DeploymentProposal | NoProof = await rig.plan(...bundle);
  if (!('id' in made)) throw new Error(`No plan: ${made.problem} ${made.next}`);
  return made;
}

const actionsOf = ({ release }: DeploymentProposal) => release?.resources.map(({ action, key }) => `${action} ${key}`).sort();

const it = deploymentTest
  .extend(
    'planned',
    ({ rig }) =>
      (...bundle: Parameters<Rig['plan']>) =>
        plan(rig, ...bundle),
  )
  .extend('approved', ({ rig }) => async (...bundle: Parameters<Rig['plan']>) => {
    const proposal = await plan(rig, ...bundle);
    const answer = await rig.approvals.approve({ proposalId: proposal.id, by: rig.by, now: new Date() });
    expect(answer).toMatchObject({ ok: true });
    return proposal;
  })
  .extend(
    'deploy',
    ({ rig }) =>
      (proposal: DeploymentProposal, lines: string[] = []): Promise<DeployResult> =>
        rig.deployer.deploy({ proposalId: proposal.id, token: rig.token, onProgress: (line) => lines.push(line) }),
  );

describe.skipIf(CLI === undefined)('deploying', () => {
  it('plans without writing, deploys what was approved, and tells where it is', async ({ rig, planned, deploy }) => {
    const bundle = bundleOf();
    const proposal = await planned(bundle);
    const pauses = [{ path: 'schedule.pause_status', is: 'PAUSED', byHand: false }];
    expect(proposal.release).toEqual({
      ...{ target: 'dev', environment: 'development', first: true, files: [], findings: [], title: 'Churn', runsAs: { is: ANA } },
      resources: [{ type: 'jobs', key: 'churn', name: '[dev ana] Churn', action: 'create', settings: pauses }],
    });
    expect(proposal.expiresAt.getTime() - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(writesOf(rig)).toEqual([]);

    expect(await rig.approvals.approve({ proposalId: proposal.id, by: rig.by, now: new Date() })).toMatchObject({
      ok: true,
      proposal: { state: 'approved', decidedBy: 'U_ANA' },
    });
    expect(writesOf(rig)).toEqual([]);
    const lines: string[] = [];
    const result = await deploy(proposal, lines);
    expect(result).toMatchObject({ ok: true, state: 'done', jobs: [{ key: 'churn', name: '[dev ana] Churn' }] });
    expect(lines).toEqual([
      'Checking that nothing has changed since the plan',
      expect.stringContaining('Uploading bundle files'),
      'Deploying resources...',
      'Updating deployment state...',
      'Deployment complete!',
    ]);
    expect(lines.join('\n')).not.toContain(rig.scratchDir);

    const [job] = result.jobs;
    expect(job?.url.startsWith(`${rig.far.url}/jobs/${job.id}`)).toBe(true);
    const { settings } = rig.far.workspace.jobs.get(job?.id ?? '') ?? {};
    const resolved = await rig.cli.open({ files: bundle.files, host: rig.far.url, token: rig.token }, (open) => open.validate('dev'));
    expect(settings).toMatchObject({ ...(resolved.resolved.resources as { jobs: { churn: object } }).jobs.churn });
    expect(rig.far.workspace.files.paths()).toContain(`/Users/${ANA}/.bundle/churn/dev/files/src/load`);
    expect((await rig.approvals.get(proposal.id))?.result).toEqual(result);
    expect(readdirSync(rig.scratchDir)).toEqual([]);
  });

  it('waits for a workspace that breaks connections off during the checks', async ({ rig, approved, deploy }) => {
    const proposal = await approved(bundleOf());
    rig.far.faults.on('GET /api/2.0/preview/scim/v2/Me', { close: true, times: 6 });
    const deploying = deploy(proposal);
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    deploying.then(end, end);
    // From pause to pause: not as far as the deadlines of the commands.
    while (!isOver) {
      await systemClock.sleep(20);
      const [shortest = MINUTE] = rig.clock.waits();
      if (shortest < MINUTE / 2) await rig.clock.turn(shortest);
    }
    expect(await deploying).toMatchObject({ ok: true, state: 'done' });
  });

  it('uses a plan once, also when two callers start at the same moment', async ({ rig, approved, deploy }) => {
    const proposal = await approved(bundleOf());
    const results = await Promise.all([deploy(proposal), deploy(proposal)]);
    expect(results.map((result) => result.state).sort()).toEqual(['done', 'failed']);
    expect(await deploy(proposal)).toMatchObject({ state: 'failed', problem: expect.stringContaining('used before') });
    expect(rig.far.workspace.jobs.size).toBe(1);
    expect((await rig.approvals.get(proposal.id))?.state).toBe('done');
  });

  it('does nothing without an approval', async ({ rig, planned, deploy }) => {
    const proposal = await planned(bundleOf());
    expect(await deploy(proposal)).toMatchObject({ ok: false, state: 'failed' });
    expect(rig.far.workspace.jobs.size).toBe(0);
    expect((await rig.approvals.get(proposal.id))?.state).toBe('open');
  });

  it('catches an edit in the workspace between the plan and the click, and shows it in the next plan', async ({
    rig,
    planned,
    approved,
    deploy,
  }) => {
    const first = await deploy(await approved(bundleOf()));
    const later = bundleOf({ 'src/load.py': '# Databricks notebook source\nprint("later")\n' });
    const proposal = await approved(later, 2);
    expect(actionsOf(proposal)).toEqual(['unchanged churn']);
    const job = rig.far.workspace.jobs.get(first.jobs[0]?.id ?? '');
    if (job === undefined) throw new Error('the job was not deployed');
    job.settings = { ...job.settings, name: 'renamed by hand' };
    expect(await deploy(proposal)).toMatchObject({ state: 'failed', problem: expect.stringContaining('The workspace has changed') });
    expect(job.settings.name).toBe('renamed by hand');

    const fresh = await planned(later, 2);
    expect(fresh.release).toMatchObject({
      resources: [{ action: 'update', settings: [{ path: 'name', was: 'renamed by hand', is: '[dev ana] Churn', byHand: true }] }],
      findings: [{ rule: 'hand edit', weight: 'danger', text: expect.stringContaining('`renamed by hand`') }],
    });
  });

  it('catches a deployment by somebody else in between', async ({ rig, approved, deploy }) => {
    const mine = await approved(bundleOf(), 1);
    await rig.cli.open({ files: bundleOf().files, host: rig.far.url, token: rig.token }, async (open) => {
      const { text } = await open.plan('dev');
      expect((await open.deployPlan('dev', { plan: text, deletes: false }, () => undefined)).result.code).toBe(0);
    });
    expect(await deploy(mine)).toMatchObject({ state: 'failed', problem: expect.stringContaining('The workspace has changed') });
    expect(rig.far.workspace.jobs.size).toBe(1);
  });

  it('finds the job that a lost connection left behind in place of making it twice', async ({ rig, approved, deploy }) => {
    const proposal = await approved(bundleOf());
    rig.far.faults.on('POST /api/2.2/jobs/create', { afterHandler: true, close: true, times: 1 });
    expect(await deploy(proposal)).toMatchObject({ ok: false, state: 'failed', ending: 'mix' });
    expect(rig.far.workspace.jobs.size).toBe(1);
    expect(await rig.plan(bundleOf(), 2)).toMatchObject({ problem: expect.stringContaining('would make a duplicate') });
    expect(rig.far.workspace.jobs.size).toBe(1);
  });

  it('says what is there when the CLI was killed in the middle', async ({ rig, approved }) => {
    const folder = mkdtempSync(join(tmpdir(), 'dab-killed-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const killed = join(folder, 'databricks');
    writeFileSync(killed, `#!/bin/sh\nif [ "$2" = deploy ]; then echo 'Deploying resources...' >&2; kill -9 $$; fi\nexec '${CLI}' "$@"\n`);
    chmodSync(killed, 0o755);
    const other = wireDeployment(rig.db, killed);
    onTestFinished(other.close);
    const proposal = await approved(bundleOf());
    const result = await other.deployer.deploy({ proposalId: proposal.id, token: rig.token, onProgress: () => undefined });
    expect(result).toMatchObject({
      ...{ ok: false, state: 'failed', ending: 'nothing' },
      problem: 'The Databricks CLI was killed in the middle of the deployment. Nothing changed in dev.',
    });
  });

  it('says what Databricks refused, and that nothing else is unclear', async ({ rig, approved, deploy }) => {
    const proposal = await approved(bundleOf());
    rig.far.faults.on('POST /api/2.2/jobs/create', { status: 403, message: 'ana may not create jobs' });
    const result = await deploy(proposal);
    expect(result).toMatchObject({ ok: false, state: 'failed', problem: expect.stringContaining('may not create jobs') });
    expect(JSON.stringify(result)).not.toMatch(/127\.0\.0\.1|dapi|dab-/);
  });

  it('shows deletions as dangerous, and deletes only where the target was typed', async ({ rig, planned, approved, deploy }) => {
    await deploy(await approved(bundleOf(), 1, 'prod'));
    const other = bundleOf()
      .files.map((file) => [file.path, new TextDecoder().decode(file.bytes)] as const)
      .map(([path, text]) => [path, path.endsWith('job.yml') ? text.replace('    churn:', '    churn_v2:') : text] as const);
    const proposal = await planned(bundleOf(Object.fromEntries(other)), 2, 'prod');
    expect(actionsOf(proposal)).toEqual(['create churn_v2', 'delete churn']);
    expect(proposal.release?.findings).toMatchObject([{ rule: 'delete', weight: 'danger' }]);
    for (const typed of [undefined, '', 'dev', 'production']) {
      const decision = { proposalId: proposal.id, by: rig.by, now: new Date(), typed };
      expect(await rig.approvals.approve(decision)).toMatchObject({ ok: false, reason: expect.stringContaining('type prod to go on') });
    }
    const decided = await rig.approvals.approve({ proposalId: proposal.id, by: rig.by, now: new Date(), typed: ' prod ' });
    expect(decided).toMatchObject({ ok: true });
    expect(await deploy(proposal)).toMatchObject({ ok: true, jobs: [{ key: 'churn_v2' }] });
    expect(proposal.expiresAt.getTime() - Date.now()).toBeLessThan(3_600_001);
  });

  it('warns when there is no prod to compare with: an edit that takes it away hides nothing', async ({ planned }) => {
    const [yaml] = bundleOf().files.flatMap((file) => (file.path === 'databricks.yml' ? [new TextDecoder().decode(file.bytes)] : []));
    const without = (yaml ?? '').replace(/\n {2}prod:\n[\s\S]*$/, '\n');
    const proposal = await planned({ ...bundleOf({ 'databricks.yml': without }), targets: ['dev'] }, 1, 'dev');
    expect(proposal.release?.findings).toMatchObject([
      { weight: 'danger', text: 'There is no target for production to compare `dev` with.' },
    ]);
  });

  it('refuses a token of somebody else', async ({ rig, approved, deploy }) => {
    rig.token = async () => rig.far.tokenFor('ben@acme.example');
    const proposal = await approved(bundleOf());
    expect(await deploy(proposal)).toMatchObject({ state: 'failed', problem: expect.stringContaining('does not belong to ana') });
    expect(writesOf(rig)).toEqual([]);
    // The plan that was begun beside has ended too.
    expect(readdirSync(rig.scratchDir)).toEqual([]);
  });

  it('calls a deployment unknown whose process died in the middle, and begins one anew that had not begun', async ({
    rig,
    planned,
    approved,
    deploy,
  }) => {
    const rows = createProposalRows(rig.db);
    const running = await approved(bundleOf());
    expect((await rows.start(running.id)).kind).toBe('started');
    const waiting = await planned(bundleOf(), 2);
    await rows.decide(waiting.id, 'approved', { slackUser: 'U_ANA', userName: ANA, at: new Date() });
    expect(await deploy(waiting)).toMatchObject({ problem: expect.stringContaining('Another deployment') });
    // Nothing had been written yet.
    await rig.deployer.leftBehind(running.id);
    expect((await rows.get(running.id))?.state).toBe('approved');

    expect((await rows.start(running.id)).kind).toBe('started');
    await rows.begin(running.id, new Date(rig.clock.now()));
    await rig.deployer.leftBehind(running.id);
    const after = await rig.approvals.get(running.id);
    expect(after).toMatchObject({
      state: 'unknown',
      result: {
        ok: false,
        problem: expect.stringContaining('stopped in the middle'),
        next: expect.stringContaining('Look at the jobs'),
      },
    });
    await rig.deployer.leftBehind(running.id);
    expect(await rig.approvals.get(running.id)).toEqual(after);
    expect(await rig.deployer.interrupted()).toEqual([]);
  });
});

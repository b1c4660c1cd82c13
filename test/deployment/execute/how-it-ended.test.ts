// A deployment that does not end well is told by what lies in the workspace, whatever the real CLI says.
import { spawn } from 'node:child_process';
import { describe, expect, onTestFinished } from 'vitest';
import type { DeployResult } from '../../../src/deployment/approval/deployment-proposal.ts';
import { type Program, programOf } from '../../../src/deployment/cli/program.ts';
import { endingWords, nextAfterAll } from '../../../src/deployment/execute/how-it-ended.ts';
import { createProposalRows } from '../../../src/storage/deployment-proposals.ts';
import { CLI } from '../../located-cli.ts';
import { ANA, bundleOf, deploymentTest, type Rig } from '../rig.ts';

const notebook = (text: string) => `# Databricks notebook source\nprint("${text}")\n`;
/** Two files that a version changes, and a setting. */
const version = (text: string, retries = 0) =>
  bundleOf({
    'src/load.py': notebook(text),
    'src/other.py': `print("${text}")\n`,
    ...(retries === 0 ? {} : { 'resources/churn.job.yml': bundleText().replace('max_concurrent_runs: 5', 'max_concurrent_runs: 6') }),
  });
const bundleText = () => new TextDecoder().decode(bundleOf().files.find(({ path }) => path.endsWith('job.yml'))?.bytes);

const it = deploymentTest.extend('deploy', ({ rig }) => async (...what: Parameters<Rig['plan']>): Promise<DeployResult> => {
  const proposal = await rig.plan(...what);
  if (!('id' in proposal)) throw new Error(`No plan: ${proposal.problem}`);
  await rig.approvals.approve({ proposalId: proposal.id, by: rig.by, now: new Date() });
  return rig.deployer.deploy({ proposalId: proposal.id, token: rig.token, onProgress: () => undefined });
});

const UPLOAD = 'POST /api/2.0/workspace-files/import-file/';

describe.skipIf(CLI === undefined)('a deployment that does not end well', () => {
  it('with one of two uploads refused is a mix, and says who may not write where', async ({ rig, deploy }) => {
    await deploy(version('one'), 1, 'prod');
    const text = (path: string) =>
      String(Buffer.from(rig.far.workspace.files.get(`/Users/${ANA}/.bundle/churn/prod/files/${path}`)?.read() ?? ''));
    // Else the CLI, which sends both at once, may give the other one up before it has begun.
    const until = expect.poll(() => text('src/load'), { timeout: 300_000 }).toContain('two');
    rig.far.faults.on(`${UPLOAD}*other.py*`, { status: 403, message: 'no', until });
    const result = await deploy(version('two'), 2, 'prod');
    expect(result).toMatchObject({
      ok: false,
      state: 'failed',
      ending: 'mix',
      next: expect.stringContaining('put the previous version back'),
    });
    expect(result.problem).toBe(
      `Databricks did not let ${ANA} write all of /Workspace/Users/${ANA}/.bundle/churn/prod/files. prod now has a mix: 1 of 2 files is new.`,
    );

    // What it left there was edited by nobody.
    rig.far.faults.clear();
    const again = await rig.plan(version('two'), 2, 'prod');
    expect('release' in again && again.release?.files).toMatchObject([{ path: 'src/other.py', change: 'changed', byHand: false }]);

    // The previous version puts both back, although no setting differs.
    expect(await deploy(version('one'), 1, 'prod')).toMatchObject({ ok: true, state: 'done' });
    expect(text('src/load')).toContain('one');
    expect(text('src/other.py')).toContain('one');
  });

  it('with the job refused has new files and the old settings', async ({ rig, deploy }) => {
    await deploy(version('one'), 1, 'prod');
    rig.far.faults.on('POST /api/2.2/jobs/reset', { status: 403, message: 'ana may not manage this job' });
    const result = await deploy(version('two', 1), 2, 'prod');
    expect(result).toMatchObject({ ok: false, ending: 'mix', problem: expect.stringContaining('ana may not manage this job') });
    expect(result.problem).toContain('prod now has a mix: all 3 files are new, no resource is changed.');
  });

  it('before it uploaded anything has changed nothing', async ({ rig, deploy }) => {
    await deploy(version('one'), 1, 'prod');
    rig.far.faults.on(`${UPLOAD}*deploy.lock*`, { status: 409, message: 'exists' });
    const result = await deploy(version('two'), 2, 'prod');
    expect(result).toMatchObject({
      ok: false,
      state: 'failed',
      ending: 'nothing',
      problem: expect.stringContaining('Nothing changed in prod.'),
    });
  });

  it('only after everything was done is one that is done', async ({ rig, deploy }) => {
    rig.far.faults.on(`${UPLOAD}*metadata.json*`, { status: 500, message: 'later' });
    const result = await deploy(version('one'), 1, 'prod');
    expect(result).toMatchObject({ ok: true, state: 'done', ending: 'all', jobs: [{ key: 'churn' }] });
    expect(result.problem).toContain('All the same, everything is in prod as it was shown.');
  });

  it('whose job was made without a record says so', async ({ rig, deploy }) => {
    rig.far.faults.on('POST /api/2.2/jobs/create', { afterHandler: true, close: true, times: 1 });
    const result = await deploy(version('one'), 1, 'prod');
    expect(result).toMatchObject({ ok: false, ending: 'mix', problem: expect.stringContaining('record of the deployment does not know') });
  });

  it('in a workspace that can’t be read any more is unknown', async ({ rig, deploy }) => {
    const lost = rig.far.faults.on('POST /api/2.2/jobs/create', { afterHandler: true, close: true });
    const result = deploy(version('one'), 1, 'prod');
    await lost.struck;
    rig.far.faults.on('*', { status: 401, message: 'expired' });
    expect(await result).toMatchObject({ ok: false, state: 'unknown', next: expect.stringContaining('Look at the jobs') });
  });
});

interface Seen {
  readonly program?: Program | undefined;
  readonly lines?: string[];
}

describe.skipIf(CLI === undefined)('a deployment that nobody saw end', () => {
  /** The bot died in the middle: the row says that nobody knows. */
  const cutOff = async (
    rig: Rig,
    bundle: ReturnType<typeof version>,
    number: number,
    { program, lines = [] }: Seen = {},
  ): Promise<string> => {
    const proposal = await rig.plan(bundle, number, 'prod');
    if (!('id' in proposal)) throw new Error(`No plan: ${proposal.problem}`);
    await rig.approvals.approve({ proposalId: proposal.id, by: rig.by, now: new Date(rig.clock.now()) });
    expect((await createProposalRows(rig.db).start(proposal.id)).kind).toBe('started');
    await createProposalRows(rig.db).begin(proposal.id, new Date(rig.clock.now()));
    if (program !== undefined) await createProposalRows(rig.db).runs(proposal.id, program);
    await rig.deployer.leftBehind(proposal.id, (line) => lines.push(line));
    return proposal.id;
  };
  const outside = (rig: Rig, bundle: ReturnType<typeof version>) =>
    rig.cli.open({ files: bundle.files, host: rig.far.url, token: rig.token }, async (open) => {
      const { text } = await open.plan('prod');
      expect((await open.deployPlan('prod', { plan: text, deletes: false }, () => undefined)).result.code).toBe(0);
    });

  it('is done where all of it is there', async ({ rig }) => {
    const id = await cutOff(rig, version('one'), 1);
    await outside(rig, version('one'));
    expect(await rig.lookAgain({ proposalId: id, token: rig.token })).toMatchObject({ ok: true, state: 'done', jobs: [{ key: 'churn' }] });
    const { state, result } = (await rig.approvals.get(id)) ?? {};
    expect([state, result?.problem]).toEqual(['done', undefined]);
    expect(await rig.lookAgain({ proposalId: id, token: rig.token })).toBeUndefined();
  });

  it('stays unknown while its CLI may be at work, with what is there so far, and has failed after that', async ({ rig, deploy }) => {
    await deploy(version('one'), 1, 'prod');
    const id = await cutOff(rig, version('two'), 2);
    expect(await rig.lookAgain({ proposalId: id, token: rig.token })).toMatchObject({
      ...{ ok: false, state: 'unknown', mayRun: true },
      problem: 'So far: Nothing changed in prod.',
      next: expect.stringMatching(/may still be at work, until \d\d:\d\d UTC/),
    });
    const due = async () => (await rig.unseen.due()).map((proposal) => proposal.id);
    expect(await due()).toEqual([]);
    // The workspace, whose time is the machine's, has written its last file later than this clock says.
    await rig.clock.turn(Math.max(0, Date.now() - rig.clock.now()) + 11 * 60_000);
    expect([await due(), await due()]).toEqual([[id], []]);
    expect(await rig.lookAgain({ proposalId: id, token: rig.token })).toMatchObject({ ok: false, state: 'failed', ending: 'nothing' });
  });

  it.skipIf(process.platform !== 'linux')(
    'holds its place for as long as its CLI is seen at work, and no longer',
    async ({ rig, deploy }) => {
      await deploy(version('one'), 1, 'prod');
      const cli = spawn('sleep', ['600']);
      onTestFinished(() => void cli.kill('SIGKILL'));
      const lines: string[] = [];
      const left = cutOff(rig, version('two'), 2, { program: programOf(cli.pid, '/nowhere'), lines });
      await expect.poll(() => lines, { timeout: 60_000 }).toEqual(['The Databricks CLI goes on with it']);
      const next = await rig.plan(version('three'), 3, 'prod');
      const approve = () => rig.approvals.approve({ proposalId: 'id' in next ? next.id : '', by: rig.by, now: new Date(rig.clock.now()) });
      expect(await approve()).toMatchObject({ ok: false, reason: expect.stringContaining('is running') });
      cli.kill('SIGKILL');
      const id = await rig.clock.turnUntil(left);
      expect(await approve()).toMatchObject({ ok: true });
      expect(await rig.lookAgain({ proposalId: id, token: rig.token })).toMatchObject({ ok: false, state: 'failed', ending: 'nothing' });
    },
  );

  it('gives its place back after a while where nobody can look for it', async ({ rig }) => {
    const id = await cutOff(rig, version('one'), 1);
    const rows = createProposalRows(rig.db);
    const next = await rig.plan(version('two'), 2, 'prod');
    const busy = () => rows.running('id' in next ? next.id : '');
    expect(await busy()).toMatchObject({ state: 'unknown' });
    await rig.db.query(`update proposals set begun_at = now() - interval '46 minutes' where id = $1`, [id]);
    await rows.lookAt(id, new Date(rig.clock.now() + 60_000));
    expect(await busy()).toBeUndefined();
  });

  it('is looked for less often the longer nobody can look', async ({ rig }) => {
    const id = await cutOff(rig, version('one'), 1);
    const rows = createProposalRows(rig.db);
    const due = async () => (await rig.unseen.due()).length;
    await rows.lookAt(id, new Date(rig.clock.now()));
    expect(await due()).toBe(1);
    await rig.clock.turn(60_000);
    await rig.db.query('update proposals set begun_at = $2 where id = $1', [id, new Date(rig.clock.now() - 24 * 60 * 60_000)]);
    expect(await due()).toBe(1);
    await rig.clock.turn(60 * 60_000);
    expect(await due()).toBe(0);
    await rig.clock.turn(2 * 60 * 60_000);
    expect(await due()).toBe(1);
  });

  it('is looked at as the person it was for', async ({ rig }) => {
    const id = await cutOff(rig, version('one'), 1);
    await expect(rig.lookAgain({ proposalId: id, token: async () => rig.far.tokenFor('ben@acme.example') })).rejects.toThrow(
      /does not belong to ana/,
    );
    expect((await rig.approvals.get(id))?.state).toBe('unknown');
  });
});

describe('the words of an ending', () => {
  const ending = {
    verdict: 'mix',
    files: { done: 1, of: 2 },
    resources: { done: 0, of: 0 },
    unrecorded: false,
    bound: [],
    waiting: [],
  } as const;
  it('count what there is, and name whose lock is left', () => {
    expect(endingWords(ending, 'prod')).toBe('prod now has a mix: 1 of 2 files is new.');
    const [one, two] = [
      { done: 1, of: 1 },
      { done: 0, of: 2 },
    ];
    expect(endingWords({ ...ending, files: one, resources: two }, 'prod')).toBe(
      'prod now has a mix: the only file is new, no resource is changed.',
    );
    expect(endingWords({ ...ending, verdict: 'nothing', lock: 'ben@acme.example' }, 'dev')).toBe(
      'Nothing changed in dev. The lock of ben@acme.example is still there.',
    );
    expect([nextAfterAll({}), nextAfterAll({ lock: 'ben@acme.example' })]).toEqual([
      'Nothing needs to be done.',
      expect.stringContaining('delete `deploy.lock` in the state folder'),
    ]);
  });
});

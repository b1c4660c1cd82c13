// Deploying at the word of whoever sits at the keyboard, with the real CLI: what must stop it, and what it says afterwards.
import { describe, expect } from 'vitest';
import type { Bundle } from '../../../src/bundle/model/bundle.ts';
import { roundtripTest as test } from '../../conversion/roundtrip-rig.ts';
import { CLI } from '../../located-cli.ts';
import { bundleOf } from '../rig.ts';

const CHECKING = 'Checking that nothing has changed since the plan';

describe.skipIf(CLI === undefined)('deploying directly', () => {
  test('deploys, tells where the jobs are, and finds nothing that differs', async ({ far }) => {
    const lines: string[] = [];
    const done = await far.deploy(bundleOf(), 'prod', (line) => lines.push(line));
    const [id] = far.standIn.workspace.jobs.keys();
    expect(done).toMatchObject({ kind: 'deployed', differences: [], jobs: [expect.stringContaining(`/jobs/${id}`)] });
    expect(lines).toEqual([
      CHECKING,
      expect.stringContaining('Uploading'),
      'Deploying resources...',
      expect.anything(),
      'Deployment complete!',
    ]);
  });

  test('makes no second job beside one that a lost connection left behind', async ({ far }) => {
    far.standIn.faults.on('POST /api/2.2/jobs/create', { afterHandler: true, close: true, times: 1 });
    await expect(far.deploy(bundleOf(), 'dev')).rejects.toThrow(/Deploying to dev: .*could not be reached/);
    await expect(far.deploy(bundleOf(), 'dev')).rejects.toThrow(/its record does not know of it: deploying would make a duplicate/);
    expect(far.standIn.workspace.jobs.size).toBe(1);
  });

  test('does nothing where the workspace changes between the plan and the deployment', async ({ far }) => {
    await far.deploy(bundleOf(), 'dev');
    const [job] = far.standIn.workspace.jobs.values();
    if (job === undefined) throw new Error('the job was not deployed');
    const later = bundleOf({ 'src/load.py': '# Databricks notebook source\nprint("later")\n' });
    const deploying = far.deploy(later, 'dev', (line) => {
      if (line === CHECKING) job.settings = { ...job.settings, name: 'renamed by hand' };
    });
    await expect(deploying).rejects.toThrow(/The workspace has changed since this plan was made/);
    expect(job.settings.name).toBe('renamed by hand');
  });

  test('makes no production job that lacks a setting which the CLI at hand does not know', async ({ far }) => {
    const job = Buffer.from(bundleOf().files.find(({ path }) => path.endsWith('.job.yml'))?.bytes ?? []).toString();
    const newer = bundleOf({ 'resources/churn.job.yml': job.replace('      tasks:', '      no_such_setting: 1\n      tasks:') });
    await expect(far.deploy(newer, 'prod')).rejects.toThrow(/would leave out 1 setting of this bundle: `no_such_setting`/);
    expect(far.standIn.workspace.jobs.size).toBe(0);
  });

  test.for<[string, Partial<Bundle>, RegExp]>([
    [
      'a secret',
      { secrets: [{ path: 'src/load.py', line: 2, start: 0, end: 1, kind: 'Databricks token' }] },
      /A hard-coded secret stands in the bundle/,
    ],
    [
      'what is not allowed',
      bundleOf({ 'databricks.yml': 'bundle:\n  name: x\nexperimental:\n  scripts: {}\n' }),
      /something that is not allowed/,
    ],
  ])('refuses %s before the CLI gets it', async ([, more, words], { far }) => {
    await expect(far.deploy({ ...bundleOf(), ...more }, 'dev')).rejects.toThrow(words);
    expect(far.standIn.requests).toEqual([]);
  });
});

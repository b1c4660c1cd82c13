// The real CLI where the workspace says no: state it can't read, a foreign home, a team's folder, a job of others, an owner, a run_as.
import { describe, expect } from 'vitest';
import { standInTest } from './api.ts';
import { CLI, createBundleFolder } from './cli.ts';

const TEAM = '/Workspace/Teams/data';
const [ANA, BEN, CY, DEE] = ['ana', 'ben', 'cy', 'dee'].map((name) => `${name}@acme.example`) as [string, string, string, string];

const test = standInTest({ seed: false })
  .extend('as', { scope: 'file' }, ({ standIn }) => (userName: string) => ({ url: standIn.url, token: standIn.tokenFor(userName) }))
  .extend('team', { scope: 'file', auto: true }, ({ standIn }) => {
    standIn.workspace.files.mkdirs(TEAM);
    const grant = { group_name: 'data-platform', all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: false }] };
    standIn.workspace.grants.set(`/directories/${standIn.workspace.files.get(TEAM)?.id}`, [grant]);
  })
  .extend('reset', { auto: true }, ({ standIn }, { onCleanup }) => {
    onCleanup(() => {
      standIn.workspace.unreadable = 404;
    });
  });

/** A bundle of one job at a place; `more` stands in its target, `job` in its job. */
function bundleAt(name: string, rootPath: string, { more = '', job = '' } = {}) {
  return createBundleFolder({
    'databricks.yml': `bundle:\n  name: ${name}\n  engine: direct\ninclude: [job.yml]\ntargets:\n  prod:\n    mode: production\n    workspace:\n      root_path: ${rootPath}/${name}\n${more}`,
    'job.yml': `resources:\n  jobs:\n    one:\n      name: ${name}\n      tasks:\n        - task_key: only\n          notebook_task:\n            notebook_path: src/only.py\n${job}`,
    'src/only.py': '# Databricks notebook source\nprint("first")\n',
  });
}

const source = (standIn: { workspace: { files: { get(path: string): { read(): Uint8Array } | undefined } } }, root: string) =>
  Buffer.from(standIn.workspace.files.get(`${root}/files/src/only`)?.read() ?? []).toString();

describe.skipIf(CLI === undefined)('the real CLI', () => {
  test('takes state that answers 404 for none, stops at 403, and uploads nothing into a foreign home', async ({ standIn, as }) => {
    const home = `/Workspace/Users/${ANA}/.bundle`;
    const bundle = bundleAt('private', home);
    expect((await bundle.run(as(ANA), 'deploy')).code).toBe(0);
    const elsewhere = bundleAt('private', home);
    elsewhere.write('src/only.py', '# Databricks notebook source\nprint("second")\n');
    const planned = await elsewhere.run(as(BEN), 'plan');
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('1 to add') });
    const deployed = await elsewhere.run(as(BEN), 'deploy');
    expect(deployed.code).toBe(1);
    expect(deployed.stderr).toMatch(/access denied|unable to deploy/);
    standIn.workspace.unreadable = 403;
    const stopped = await elsewhere.run(as(BEN), 'plan');
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain('does not have View permissions on');
    expect((await elsewhere.run(as(BEN), 'deploy')).code).toBe(1);
    expect(source(standIn, `${home}/private`)).toContain('first');
    expect([...standIn.workspace.jobs.values()].filter(({ settings }) => settings.name === 'private')).toHaveLength(1);
  }, 180_000);

  test('goes on from a team’s folder, and leaves new files with old settings where the job is not one’s own', async ({ standIn, as }) => {
    const first = bundleAt('ours', TEAM);
    expect((await first.run(as(BEN), 'deploy')).code).toBe(0);
    const second = bundleAt('ours', TEAM, { job: '      tags: {by: cy}\n' });
    second.write('src/only.py', '# Databricks notebook source\nprint("second")\n');
    expect((await second.run(as(DEE), 'plan')).stdout).toContain('1 to add');
    const refused = await second.run(as(CY), 'deploy');
    expect(refused.code).toBe(1);
    const [job] = [...standIn.workspace.jobs.values()].filter(({ settings }) => settings.name === 'ours');
    expect(refused.stderr).toContain(`User ${CY} does not have View or Admin or Manage Run or Owner permissions on job ${job?.jobId}`);
    const at = `/jobs/${job?.jobId}`;
    const level = (permission_level: string) => [{ permission_level, inherited: false }];
    const owner = { user_name: BEN, all_permissions: level('IS_OWNER') };
    standIn.workspace.grants.set(at, [owner, { group_name: 'users', all_permissions: level('CAN_VIEW') }]);
    const half = await second.run(as(CY), 'deploy');
    expect(half.stderr).toContain(`User ${CY} does not have Admin or Owner permissions on job ${job?.jobId}`);
    expect(source(standIn, `${TEAM}/ours`)).toContain('second');
    expect(job?.settings.tags).toBeUndefined();
    standIn.workspace.grants.set(at, [owner, { group_name: 'data-platform', all_permissions: level('CAN_MANAGE') }]);
    const whole = await second.run(as(CY), 'deploy');
    expect(whole.code, whole.stderr).toBe(0);
    expect(job).toMatchObject({ runAs: BEN, settings: { tags: { by: 'cy' } } });
  }, 180_000);

  test('makes the deployer the owner, which others than owner and admins may not, unless the owner is spelled out', async ({
    as,
    standIn,
  }) => {
    const grants = '      permissions:\n        - group_name: data-platform\n          level: CAN_MANAGE\n';
    const bundle = (more: string) => bundleAt('owned', TEAM, { job: grants + more });
    expect((await bundle('').run(as(BEN), 'deploy')).code).toBe(0);
    const planned = await bundle('').run(as(CY), 'plan');
    expect(planned.stdout).toContain('update jobs.one.permissions');
    const taken = await bundle('').run(as(CY), 'deploy');
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain(`User ${CY} is not allowed to change the owner of job`);
    const spelled = bundle(`        - user_name: ${BEN}\n          level: IS_OWNER\n`);
    const kept = await spelled.run(as(CY), 'deploy');
    expect(kept.code, kept.stderr).toBe(0);
    expect((await spelled.run(as(CY), 'plan')).stdout).toContain('0 to change');
    expect((await bundle('').run(as(ANA), 'deploy')).code).toBe(0);
    expect([...standIn.workspace.jobs.values()].find(({ settings }) => settings.name === 'owned')?.runAs).toBe(ANA);
  }, 180_000);

  test('validates any run_as without a word, and is refused one when it deploys', async ({ as }) => {
    const runAs = `    run_as: {user_name: ${ANA}}\n`;
    const bundle = bundleAt('identity', TEAM, { more: runAs });
    expect(await bundle.run(as(CY), 'validate', '--strict')).toMatchObject({ code: 0, stderr: '' });
    const refused = await bundle.run(as(CY), 'deploy');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`User ${CY} is not allowed to set run_as to ${ANA}`);
    const own = bundleAt('identity', TEAM, { more: runAs.replace(ANA, CY) });
    const deployed = await own.run(as(CY), 'deploy');
    expect(deployed.code, deployed.stderr).toBe(0);
  }, 180_000);

  test('refuses a target’s run_as itself where dashboards carry credentials', async ({ as }) => {
    const bundle = bundleAt('board', TEAM, { more: `    run_as: {user_name: ${BEN}}\n` });
    const board = (embed: boolean) =>
      `resources:\n  dashboards:\n    board:\n      display_name: Board\n      warehouse_id: w\n      embed_credentials: ${embed}\n      file_path: board.lvdash.json\n`;
    bundle.write('board.lvdash.json', '{"pages":[]}\n');
    bundle.write('job.yml', board(true));
    const refused = await bundle.run(as(ANA), 'validate');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('dashboards with embed_credentials set to true do not support a setting a run_as user');
    bundle.write('job.yml', board(false));
    expect((await bundle.run(as(ANA), 'validate')).code).toBe(0);
  }, 180_000);
});

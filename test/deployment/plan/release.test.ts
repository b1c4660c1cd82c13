// What a plan says of the files that run now: only files change, somebody edited one there, and what may not be read.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { describe, expect } from 'vitest';
import type { Bundle } from '../../../src/bundle/model/bundle.ts';
import type { DeploymentProposal } from '../../../src/deployment/approval/deployment-proposal.ts';
import { maskRelease } from '../../../src/deployment/plan/mask-release.ts';
import { headlineOf } from '../../../src/deployment/policy/headline.ts';
import type { Release } from '../../../src/deployment/policy/release-diff.ts';
import { createDevDataRows } from '../../../src/storage/bundles/dev-data.ts';
import { CLI } from '../../located-cli.ts';
import { ANA, bundleOf, deploymentTest } from '../rig.ts';

const notebook = (text: string) => `# Databricks notebook source\nprint("${text}")\n`;
const FILES = `/Users/${ANA}/.bundle/churn/prod/files`;

const it = deploymentTest
  .extend('planned', ({ rig }) => async (...what: Parameters<typeof rig.plan>): Promise<DeploymentProposal & { release: Release }> => {
    const proposal = await rig.plan(...what);
    if (!('id' in proposal) || proposal.release === undefined) throw new Error('There is no plan.');
    return { ...proposal, release: proposal.release };
  })
  .extend('deploy', ({ rig }) => async ({ id }: DeploymentProposal) => {
    await rig.approvals.approve({ proposalId: id, by: rig.by, now: new Date() });
    return rig.deployer.deploy({ proposalId: id, token: rig.token, onProgress: () => undefined });
  })
  .extend('edit', ({ rig }) => (path: string, text: string) => {
    const entry = rig.far.workspace.files.get(`${FILES}/${path}`);
    if (entry?.type !== 'NOTEBOOK') throw new Error(`${path} is not deployed`);
    rig.far.workspace.files.put(`${FILES}/${path}`, {
      type: entry.type,
      language: entry.language,
      format: entry.format,
      read: () => Buffer.from(text),
    });
  });

const version = (load: string, more: Record<string, string> = {}) => bundleOf({ 'src/load.py': notebook(load), ...more });

describe.skipIf(CLI === undefined)('a release', () => {
  it('that changes only files is a change, counted by files', async ({ planned, deploy }) => {
    await deploy(await planned(version('one', { 'src/old.py': 'x = 1\n' }), 1, 'prod'));
    const { release } = await planned(version('two\\n', { 'src/new.py': 'y = 1\n' }), 2, 'prod');
    expect(release.files).toEqual([
      { path: 'src/load.py', change: 'changed', lines: { added: 1, removed: 1 }, byHand: false },
      { path: 'src/new.py', change: 'added', byHand: false },
      { path: 'src/old.py', change: 'removed', byHand: false },
    ]);
    expect(release.findings.filter(({ weight }) => weight === 'danger')).toEqual([]);
    expect(headlineOf(release)).toMatch(/3 files change; runs as .+; next run (\w{3} )?06:00 \(UTC\)\.$/);
  });

  it('of what is there already changes nothing', async ({ planned, deploy }) => {
    await deploy(await planned(version('one'), 1, 'prod'));
    const { release } = await planned(version('one'), 2, 'prod');
    expect(release).toMatchObject({ first: false, files: [] });
    expect(headlineOf(release)).toBe('Nothing changes in prod.');
  });

  it('of a copy says where it writes, that this is its own, and to a colleague whose choice it is', async ({ rig, planned }) => {
    const [databricks = '', job = ''] = bundleOf().files.map(({ bytes }) => new TextDecoder().decode(bytes));
    const copy: Bundle = {
      ...bundleOf({
        'databricks.yml': databricks
          .replace('targets:', 'variables:\n  schema:\n    default: sales\ntargets:')
          .replace('default: true', 'default: true\n    variables:\n      schema: sandbox_42'),
        'resources/churn.job.yml': job.replace(
          '      tasks:',
          '      parameters:\n        - name: schema\n          default: ${var.schema}\n      tasks:',
        ),
      }),
      variables: [{ name: 'schema', value: 'sales', description: '' }],
    };
    await createDevDataRows(rig.db).keep({ host: rig.far.url, userName: 'ben@acme.example' }, '', { schema: 'sandbox_42' });
    const { release } = await planned(copy);
    expect(release.ownData).toEqual({ of: '', schemas: ['sales'], schema: 'sandbox_42' });
    const texts = release.findings.map(({ text }) => text);
    expect(texts).toContainEqual(expect.stringContaining('writes to `sandbox_42`, which ben@acme.example has chosen'));
    expect(texts.join()).not.toContain('not as in production');
  });

  it('that overwrites what somebody edited there says so, and is not carried out where they edit it after the plan', async ({
    planned,
    deploy,
    edit,
  }) => {
    await deploy(await planned(version('one'), 1, 'prod'));
    const before = await planned(version('two'), 2, 'prod');
    edit('src/load', notebook('by hand'));
    expect(await deploy(before)).toMatchObject({
      ok: false,
      problem: 'Files of the deployment have changed in the workspace since this plan was made. Nothing was deployed.',
    });

    const { release } = await planned(version('two'), 3, 'prod');
    expect(release.files).toMatchObject([{ path: 'src/load.py', change: 'changed', byHand: true }]);
    expect(release.findings[0]).toMatchObject({
      rule: 'hand edit',
      weight: 'danger',
      text: expect.stringContaining('`src/load.py` was edited'),
    });
    // The same edit in the bundle overwrites nothing.
    expect((await planned(version('by hand'), 4, 'prod')).release).toMatchObject({ files: [] });
  });

  it('lets nothing start by itself beside its original, before the click and at it', async ({ rig, planned, deploy }) => {
    const copy: Bundle = { ...version('beside'), resources: [{ type: 'jobs', key: 'churn', id: '77' }] };
    const original = (pause_status: string) => {
      const schedule = { quartz_cron_expression: '0 0 6 * * ?', timezone_id: 'UTC', pause_status };
      const settings = { name: 'Churn', schedule };
      rig.far.workspace.jobs.set('77', { jobId: '77', settings, creator: ANA, runAs: ANA, createdTime: 0, extra: {} });
    };
    original('UNPAUSED');
    const twice = 'Both would start by themselves and do the same work: job `churn` and its original, job 77.';
    expect(await rig.plan(copy, 1, 'prod')).toMatchObject({ problem: twice, next: expect.stringContaining('pause the original first') });
    expect(await rig.plan(copy, 1, 'dev')).toMatchObject({ state: 'open' });

    original('PAUSED');
    const proposal = await planned(copy, 1, 'prod');
    original('UNPAUSED');
    expect(await deploy(proposal)).toMatchObject({ ok: false, problem: `${twice} Nothing was deployed.` });
    expect([...rig.far.workspace.jobs.keys()]).toEqual(['77']);
  });

  it('that would lack a setting is for one’s own copy alone, and says so', async ({ rig, planned }) => {
    const job = Buffer.from(bundleOf().files.find(({ path }) => path.endsWith('.job.yml'))?.bytes ?? []).toString();
    const newer = bundleOf({ 'resources/churn.job.yml': job.replace('      tasks:', '      no_such_setting: 1\n      tasks:') });
    expect(await rig.plan(newer, 1, 'prod')).toMatchObject({
      problem: expect.stringMatching(
        /^I deploy with Databricks CLI 1\.\d+\.\d+, which would leave out 1 setting of this bundle: `no_such_setting`\.$/,
      ),
      next: expect.stringContaining('No bundle can say them yet'),
    });
    const { release } = await planned(newer, 1, 'dev');
    expect(release.findings).toMatchObject([{ rule: 'lost', weight: 'warning', text: expect.stringContaining('`no_such_setting`') }]);
  });

  it('of a copy names the schema that it writes to where that is missing', async ({ rig, planned }) => {
    rig.far.workspace.catalogs.set('main', ['users']);
    const was = (path: string) => Buffer.from(bundleOf().files.find((one) => one.path === path)?.bytes ?? []).toString();
    const copy = bundleOf({
      'databricks.yml': `${was('databricks.yml').replace('default: true', 'default: true\n    variables: { schema: dev_ana }')}variables: { schema: { default: sales } }\n`,
      'resources/churn.job.yml': was('resources/churn.job.yml').replace(
        '../src/load.py',
        '../src/load.py\n            base_parameters: { schema: "${var.schema}" }',
      ),
      'src/load.py':
        '# Databricks notebook source\nschema = dbutils.widgets.get("schema")\nspark.range(3).write.saveAsTable(f"main.{schema}.ledger")\n',
    });
    const { release } = await planned(copy, 1, 'dev');
    expect(release.findings.map(({ text }) => text)).toEqual([
      'A run writes `main.dev_ana.ledger`. I found no schema `main.dev_ana`: make it before you run it, by `CREATE SCHEMA IF NOT EXISTS main.dev_ana`.',
    ]);
  });

  it('is not planned where the deployed files may not be read', async ({ rig, planned, deploy }) => {
    await deploy(await planned(version('one'), 1, 'prod'));
    rig.far.faults.on('GET /api/2.0/workspace/list', { status: 403, message: 'no' });
    expect(await rig.plan(version('two'), 2, 'prod')).toMatchObject({ problem: expect.stringContaining('may not see it') });
  });
});

describe('secrets in a release', () => {
  const secret = ['dapi', '0123456789abcdef'.repeat(2)].join('');
  const release: Release = {
    ...{ target: 'prod', environment: 'production', first: false, title: 'Churn', files: [] },
    resources: [
      {
        ...{ type: 'jobs', key: 'churn', action: 'update' },
        settings: [
          { path: 'tasks[load].notebook_task.base_parameters["token"]', was: `"${secret}"`, is: '"{{secrets/etl/token}}"', byHand: false },
          { path: 'parameters["db_password"]', was: 'hunter2-and-more', byHand: true },
          { path: 'max_retries', was: '1', is: '2', byHand: false },
          { path: 'parameters["x"]', was: 'swordfish', is: 'y', byHand: false },
        ],
      },
    ],
    findings: [{ rule: 'hand edit', weight: 'danger', text: `\`token\` is \`${secret}\` there` }],
  };

  it('are masked wherever they stand, and nothing else is', async ({ expect }) => {
    const masked = await maskRelease(release, { files: [], secrets: [], called: [{ name: 'password', value: 'swordfish' }] });
    expect(masked.resources[0]?.settings[3]?.was).toBe('<secret password>');
    expect(JSON.stringify(masked)).not.toContain(secret);
    expect(JSON.stringify(masked)).not.toContain('hunter2');
    expect(masked.findings[0]?.text).toMatch(/^`token` is `<secret .*>` there$/);
    expect(masked.resources[0]?.settings.map(({ is }) => is)).toEqual(['"{{secrets/etl/token}}"', undefined, '2', 'y']);
    expect(masked.resources[0]?.settings[2]).toEqual({ path: 'max_retries', was: '1', is: '2', byHand: false });
  });
});

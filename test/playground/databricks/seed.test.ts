// The demo workspace: every source that its jobs name is really there, and the real CLI converts and deploys each of its jobs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { findSecrets } from '../../../src/analysis/secrets/find.ts';
import { standInTest } from './api.ts';
import { CLI, createBundleFolder } from './cli.ts';

const WORKSPACE = join(import.meta.dirname, '../../../src/playground/workspace');

const test = standInTest();

const JOBS: [string, string][] = [
  ['Churn', '123'],
  ['Orders nightly export', '204'],
  ['Daily revenue', '318'],
  ['Customer morning run', '402'],
  ['Data quality checks', '915802347105663'],
  ['Store reference data', '531'],
  ['Store sales weekly', '530'],
  ['Returns check', '640'],
  ['Footfall forecast', '655'],
];

test('holds the nine jobs, their compute, and no made-up source', ({ standIn }) => {
  expect([...standIn.workspace.jobs.values()].map(({ settings, jobId }) => [settings.name, jobId]).sort()).toEqual([...JOBS].sort());
  expect([...standIn.workspace.clusters.keys(), ...standIn.workspace.policies.keys()]).toEqual([
    '1114-093012-ka7x2f9q',
    'E0631F5C0D0014F2',
  ]);
  expect(standIn.workspace.warehouses.size).toBe(2);
  const paths = standIn.workspace.files.paths();
  expect(paths).toHaveLength(37);
  for (const path of paths)
    expect(Buffer.from(standIn.workspace.files.get(path)?.read() ?? []).toString()).not.toMatch(/^(#|--|\/\/).*\bstub of/im);
});

test('holds one hard-coded secret, which no file of the repository has as it is', async ({ standIn }) => {
  const { files } = standIn.workspace;
  const found = await findSecrets(
    files.paths().map((path) => ({ path: `${path}.py`, bytes: files.get(path)?.read() ?? new Uint8Array() })),
  );
  expect(found.map(({ path, kind }) => [path, kind])).toEqual([['/Users/ana@acme.example/sales/02_publish.py', 'Databricks token']]);
  const kept = readdirSync(WORKSPACE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = kept.map((entry) => ({ path: entry.name, bytes: readFileSync(join(entry.parentPath, entry.name)) }));
  expect(await findSecrets(texts)).toEqual([]);
});

const FOOTFALL = ['databricks.yml', 'resources/footfall.job.yml', 'src/forecast.py'];
const footfall = () => Object.fromEntries(FOOTFALL.map((path) => [path, readFileSync(join(WORKSPACE, 'deployed/footfall', path), 'utf8')]));

test('holds a deployed bundle whose notebook was edited by hand afterwards', ({ standIn }) => {
  const root = '/Teams/data/.bundle/footfall/prod';
  const there = Buffer.from(standIn.workspace.files.get(`${root}/files/src/forecast`)?.read() ?? []).toString();
  const bundle = footfall();
  expect(there).not.toBe(bundle['src/forecast.py']);
  expect(there.replace('DAYS_AHEAD = 28', 'DAYS_AHEAD = 14')).toBe(bundle['src/forecast.py']);
  const state = standIn.workspace.files.paths().filter((path) => path.startsWith(`${root}/state/`));
  expect(state.map((path) => path.split('/').at(-1)).sort()).toEqual(['deployment.json', 'metadata.json', 'resources.json']);
});

test('shares what colleagues convert, and has a folder of the team and a job that it manages for its owner', async ({ ben, cy, dee }) => {
  const read = (path: string) => `/api/2.0/workspace/export?direct_download=true&path=${encodeURIComponent(path)}`;
  const files = ['churn/01_ingest_events', 'inventory/units.py', 'quality/send_report.py', 'sales/01_prepare'];
  for (const file of files) expect((await dee.get(read(`/Workspace/Users/ana@acme.example/${file}`))).status).toBe(200);
  const [team, job] = ['/Workspace/Teams/data/returns/01_match_returns', '/api/2.0/permissions/jobs/640'];
  expect([(await cy.get(read(team))).status, (await dee.get(read(team))).status]).toEqual([200, 404]);
  expect([(await ben.get(job)).status, (await cy.get(job)).status, (await dee.get(job)).status]).toEqual([200, 200, 403]);
  expect((await cy.get('/api/2.2/jobs/get?job_id=640')).json.run_as_user_name).toBe('ben@acme.example');
});

describe.skipIf(CLI === undefined)('with the real CLI', () => {
  test('the deployed bundle has nothing to change, for whoever deployed it', { timeout: 180_000 }, async ({ host }) => {
    const planned = await createBundleFolder(footfall()).run(host, 'plan', '-t', 'prod');
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('0 to add, 0 to change, 0 to delete, 2 unchanged') });
  });

  test.for(JOBS)('%s: bundle generate job, then deploy', { timeout: 180_000 }, async ([, jobId], { standIn, host }) => {
    const bundle = createBundleFolder({
      'databricks.yml': `bundle:\n  name: from-${jobId}\n  engine: direct\ninclude: [resources/*.yml]\n`,
    });
    const generated = await bundle.run(host, 'generate', 'job', '--existing-job-id', jobId, '--key', 'copy');
    expect(generated.code, generated.stderr).toBe(0);
    expect(readdirSync(join(bundle.root, 'resources'))).toEqual(['copy.job.yml']);
    const deployed = await bundle.run(host, 'deploy');
    expect(deployed.code, deployed.stderr).toBe(0);
    const copies = [...standIn.workspace.jobs.values()].filter(
      (job) => job.settings.name === standIn.workspace.jobs.get(jobId)?.settings.name,
    );
    expect(copies).toHaveLength(2);
    const [original, copy] = copies.map(({ settings }) =>
      Object.keys(settings)
        .filter((key) => !['deployment', 'edit_mode'].includes(key))
        .sort(),
    );
    expect(copy).toEqual(original);
  });
});

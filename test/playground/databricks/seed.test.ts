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
];

test('holds the seven jobs, their compute, and no made-up source', ({ standIn }) => {
  expect([...standIn.workspace.jobs.values()].map(({ settings, jobId }) => [settings.name, jobId]).sort()).toEqual([...JOBS].sort());
  expect([...standIn.workspace.clusters.keys(), ...standIn.workspace.policies.keys()]).toEqual([
    '1114-093012-ka7x2f9q',
    'E0631F5C0D0014F2',
  ]);
  expect(standIn.workspace.warehouses.size).toBe(2);
  const paths = standIn.workspace.files.paths();
  expect(paths).toHaveLength(29);
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

describe.skipIf(CLI === undefined)('with the real CLI', () => {
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

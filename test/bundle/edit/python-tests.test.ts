// The tests that a bundle gets really run, pass on sound bundles, and fail on broken ones.
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { BundleFile } from '../../../src/bundle/model/bundle.ts';
import { loadPythonTests } from '../../../src/config/python-tests.ts';
import { folderTest } from '../../temporary-folder.ts';
import { CASES, HOST } from '../fixtures.ts';

const hasPytest = spawnSync('python3', ['-c', 'import pytest, yaml'], { stdio: 'ignore' }).status === 0;
if (!hasPytest)
  console.warn('*** No python3 with pytest and pyyaml here: running the generated tests is skipped (pip install pytest pyyaml).');

/** Runs the tests of a bundle that has these files. */
const it = folderTest.extend('pytest', ({ folder }) => async (files: readonly BundleFile[]) => {
  for (const { path, bytes } of [...files, ...loadPythonTests()]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return await new Promise<{ code: unknown; said: string }>((resolve) => {
    execFile('python3', ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests'], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, said: stdout + stderr }),
    );
  });
});

function bundleOf(name: string): readonly BundleFile[] {
  const found = CASES[name];
  if (found === undefined) throw new Error(`no case ${name}`);
  return generateBundle({ ...found, host: HOST }).files;
}

function replaced(files: readonly BundleFile[], path: string, text: (old: string) => string): BundleFile[] {
  if (!files.some((file) => file.path === path)) throw new Error(`no ${path}`);
  return files.map((file) => (file.path === path ? { path, bytes: Buffer.from(text(Buffer.from(file.bytes).toString())) } : file));
}

describe.skipIf(!hasPytest)('the tests of a bundle', () => {
  it.for(['nightly', 'names-that-clash', 'git-and-run-as'])('pass on %s', async (name, { pytest }) => {
    const { code, said } = await pytest(bundleOf(name));
    expect([code, said]).toEqual([0, expect.stringContaining('passed')]);
  });

  it.for([
    ['a source that does not compile', 'src/load.py', (text: string) => `${text}\ndef broken(:\n`, 'test_compiles[src/load.py]'],
    [
      'a path to nothing',
      'resources/nightly_sales.job.yml',
      (text: string) => text.replace('../src/load.py', '../src/gone.py'),
      'test_local_paths_exist',
    ],
    [
      'a variable that is not declared',
      'resources/nightly_sales.job.yml',
      (text: string) => text.replace('var.catalog', 'var.katalog'),
      'test_references_exist',
    ],
    [
      'a task after one that is not there',
      'resources/nightly_sales.job.yml',
      (text: string) => text.replace('- task_key: clean\n', '- task_key: gone\n'),
      'test_tasks_fit_together',
    ],
  ] as const)('fail on %s', async ([, path, change, test], { pytest }) => {
    const before = bundleOf('nightly');
    const after = replaced(before, path, change);
    expect(after).not.toEqual(before);
    const { code, said } = await pytest(after);
    expect([code, said]).toEqual([1, expect.stringContaining(test)]);
  });

  it('know magics, other languages and Jupyter', async ({ pytest }) => {
    const source =
      '# Databricks notebook source\n# MAGIC %run ./x\n\n# COMMAND ----------\n\n%sql\nselect * from\n\n# COMMAND ----------\n\nprint(1)\n';
    const jupyter = JSON.stringify({ cells: [{ cell_type: 'code', source: ['%pip install x\n', '!ls\n', 'await f()'] }], metadata: {} });
    const scala = JSON.stringify({
      cells: [{ cell_type: 'code', source: ['val x: Int = 1'] }],
      metadata: { language_info: { name: 'scala' } },
    });
    const files = [
      ...bundleOf('nightly'),
      ...[
        ['a.py', source],
        ['b.ipynb', jupyter],
        ['c.ipynb', scala],
      ].map(([path, text]) => ({ path: `src/${path}`, bytes: Buffer.from(text ?? '') })),
    ];
    expect(await pytest(files)).toMatchObject({ code: 0 });
  });
});

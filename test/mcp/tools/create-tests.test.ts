// create_tests: the tests really run on what the tool made, a deploy leaves them out, and the proof stays what it was.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { CLI, toolsTest, use } from '../rig.ts';

const hasPytest = spawnSync('python3', ['-c', 'import pytest, yaml'], { stdio: 'ignore' }).status === 0;

/** `made`: the churn job's bundle with its tests. */
const it = toolsTest().extend('made', { scope: 'file' }, async ({ client }) => {
  const bundle_id = (await use(client, 'generate_bundle_from_job', { job_id: '123' })).bundleDigest ?? '';
  const { text, isError, bundleDigest } = await use(client, 'create_tests', { bundle_id });
  expect(isError, text).toBe(false);
  expect(text).toContain('python -m pytest tests');
  return bundleDigest ?? '';
});

describe('create_tests', () => {
  it.skipIf(!hasPytest)('adds tests that pass where they are run as the answer says', async ({ rig, made }) => {
    const scratch = mkdtempSync(join(tmpdir(), 'dab-create-tests-'));
    onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
    const stored = await rig.bundles.load(made);
    for (const { path, bytes } of stored?.bundle.files ?? []) {
      mkdirSync(dirname(join(scratch, path)), { recursive: true });
      writeFileSync(join(scratch, path), bytes);
    }
    const ran = spawnSync('python3', ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests'], { cwd: scratch, encoding: 'utf8' });
    expect([ran.status, ran.stdout + ran.stderr]).toEqual([0, expect.stringMatching(/\d+ passed/)]);
  });

  it.skipIf(CLI === undefined)('does not change what is proved', async ({ client, made }) => {
    const { text, isError } = await use(client, 'validate_bundle', { bundle_id: made });
    expect(isError, text).toBe(false);
    expect(text).toContain('Validated for target prod');
    expect(text).not.toContain('an error');
  });

  it.skipIf(CLI === undefined)('is left out by a deploy', async ({ rig, made }) => {
    const stored = await rig.bundles.load(made);
    const bundle = { files: stored?.bundle.files ?? [], host: rig.databricks.url, token: async () => rig.token };
    await rig.cli.open(bundle, async (open) => {
      const { text } = await open.plan('dev');
      expect((await open.deployPlan('dev', { plan: text, deletes: false }, () => undefined)).result.code).toBe(0);
    });
    const uploaded = rig.databricks.workspace.files.paths().filter((path) => path.includes('/.bundle/'));
    expect(uploaded.some((path) => path.endsWith('/files/src/01_ingest_events'))).toBe(true);
    expect(uploaded.filter((path) => path.includes('/files/tests/'))).toEqual([]);
  });

  it('says so the second time', async ({ client, made }) => {
    const again = await use(client, 'create_tests', { bundle_id: made });
    expect([again.isError, again.bundleDigest, again.text]).toEqual([false, undefined, expect.stringContaining('has its tests already')]);
  });
});

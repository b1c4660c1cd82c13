// The proof of real bundles by the real CLI, and what never reaches it.
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { sourceReferences } from '../../../src/bundle/model/source-references.ts';
import { collectSources } from '../../../src/databricks/read/collect.ts';
import { createDeployedFiles } from '../../../src/databricks/read/deployed-files.ts';
import { createWorkspace } from '../../../src/databricks/workspace.ts';
import { createCli } from '../../../src/deployment/cli/open-bundle.ts';
import { createCliLocator } from '../../../src/deployment/install/locate.ts';
import { createPlanner } from '../../../src/deployment/plan/plan-version.ts';
import { createProver } from '../../../src/deployment/plan/prove.ts';
import { createDatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { createBundleStore } from '../../../src/storage/bundles/bundles.ts';
import { createProofStore } from '../../../src/storage/bundles/proofs.ts';
import type { Db } from '../../../src/storage/db/db.ts';
import { systemClock } from '../../../src/values/clock.ts';
import { CLI } from '../../located-cli.ts';
import { openTestStorage } from '../../storage/open-test-storage.ts';
import { folderTest } from '../../temporary-folder.ts';
import { ANA, bundleOf, log } from '../rig.ts';

/** The CLI at a path (none: there is none) with everything that uses it for reads. */
function wire(db: Db, folder: string, path: string | undefined) {
  const locator = createCliLocator({ cliPath: path, cacheDir: folder, log, allowSetup: false });
  const cli = createCli({ locator, scratchDir: join(folder, 'scratch'), clock: systemClock, log });
  return {
    prover: createProver({ cli, store: createProofStore(db), log }),
    planner: createPlanner({
      cli,
      db,
      clock: systemClock,
      log,
      workspace: ({ host, token }) => createWorkspace({ host, token, log }),
      readFiles: createDeployedFiles({ clock: systemClock }),
      loadBundle: async () => undefined,
    }),
  };
}

/** Tests that share a seeded workspace and a database. */
const it = folderTest
  .extend('far', { scope: 'file' }, async ({}, { onCleanup }) => {
    const far = await createDatabricksStandIn();
    onCleanup(() => far.close());
    return far;
  })
  .extend('db', { scope: 'file' }, async ({}, { onCleanup }) => {
    const storage = await openTestStorage();
    onCleanup(() => storage.close());
    return storage.db;
  })
  .extend(
    'wired',
    ({ db, folder }) =>
      (path: string | undefined) =>
        wire(db, folder, path),
  );

const definition = { jobId: '1', settings: { name: 'Churn' } };

describe.skipIf(CLI === undefined)('the proof', () => {
  it('of a job of the workspace says that nothing was lost, step by step, and is kept', async ({ far, db, wired }) => {
    const token = async () => far.tokenFor(ANA);
    const workspace = createWorkspace({ host: far.url, token, log });
    const job = await workspace.getJob('123');
    const { sources, diagnostics } = await collectSources(workspace, sourceReferences(job));
    const bundle = generateBundle({ definition: job, sources, diagnostics, host: far.url });
    await createBundleStore(db).save(bundle);
    const steps: { id: string; title: string; status: string; details?: string }[] = [];
    const who = { host: far.url, userName: ANA };
    const proof = await wired(CLI).prover.prove({ bundle, definition: job, ...who, token, onStep: (step) => steps.push(step) });
    if (!('counts' in proof)) throw new Error(`${proof.problem} ${proof.next}`);
    expect(proof.target).toBe('prod');
    expect(proof.counts).toMatchObject({ lost: 0, edited: 0 });
    // What the bundle leaves to the platform, and nothing else.
    const decided = proof.entries.filter(({ verdict }) => verdict === 'decided').map(({ why }) => why);
    expect(new Set(decided)).toEqual(new Set(['the platform assumes this value']));
    expect(proof.counts.identical).toBeGreaterThan(40);
    expect(proof.warnings).toEqual([]);
    expect(steps.map((step) => [step.id, step.status])).toEqual([
      ['validate', 'in_progress'],
      ['validate', 'complete'],
      ['compare', 'in_progress'],
      ['compare', 'complete'],
    ]);
    const kept = await createProofStore(db).load({ bundleDigest: bundle.digest, ...who });
    expect(kept?.counts).toEqual(proof.counts);
    expect(kept?.entries).toHaveLength(proof.entries.length);
    expect(kept?.judge).toMatch(/^Databricks CLI 1\./);
    // Rows of before knew no judge, and called what is lost different.
    await db.query(`update proofs set proof = (replace(proof::text, '"verdict": "identical"', '"verdict": "different"')::jsonb) - 'judge'`);
    const former = await createProofStore(db).load({ bundleDigest: bundle.digest, ...who });
    expect(former?.counts).toMatchObject({ identical: 0, lost: proof.counts.identical });
  });

  it('is none where validation fails, with the words of the CLI and no path of ours', async ({ far, wired }) => {
    const bundle = bundleOf({ 'resources/churn.job.yml': `resources:\n  jobs:\n    churn:\n      name: \${var.nope}\n` });
    const token = async () => far.tokenFor(ANA);
    const answer = await wired(CLI).prover.prove({ bundle, definition, host: far.url, userName: ANA, token });
    expect(answer).toMatchObject({ problem: expect.stringMatching(/nope/) });
    expect(JSON.stringify(answer)).not.toMatch(/scratch|127\.0\.0\.1|dapi/);
  });
});

describe('what never reaches the CLI', () => {
  const hostile: Record<string, Record<string, string>> = {
    'a host that is not ours': { 'databricks.yml': 'bundle: {name: x, engine: direct}\nworkspace: {host: https://evil.example}\n' },
    'a host in a target': {
      'databricks.yml': 'bundle: {name: x, engine: direct}\ntargets: {dev: {workspace: {host: https://evil.example}}}\n',
    },
    'a profile': { 'databricks.yml': 'bundle: {name: x, engine: direct}\nworkspace: {profile: admin}\n' },
    scripts: { 'databricks.yml': 'bundle: {name: x, engine: direct}\nexperimental: {scripts: {preinit: id}}\n' },
    artifacts: { 'databricks.yml': 'bundle: {name: x, engine: direct}\nartifacts: {a: {type: whl, build: id}}\n' },
    python: { 'databricks.yml': 'bundle: {name: x, engine: direct}\npython: {resources: ["x:y"]}\n' },
    terraform: { 'databricks.yml': 'bundle: {name: x, engine: terraform}\n' },
    'an include from elsewhere': { 'databricks.yml': 'bundle: {name: x, engine: direct}\ninclude: ["../../*.yml"]\n' },
    'a library from elsewhere': {
      'resources/churn.job.yml':
        'resources: {jobs: {churn: {name: x, tasks: [{task_key: a, libraries: [{jar: ../../../proc/self/environ}], spark_jar_task: {main_class_name: A}}]}}}\n',
    },
    'a job run': { 'resources/churn.job.yml': 'resources: {job_runs: {r: {job_id: "1"}}}\n' },
    'a setup.py': { 'setup.py': 'print(1)\n' },
    'a module that the CLI runs': { 'databricks/bundles/build.py': 'print(1)\n' },
    'a state that is not ours': { '.databricks/bundle/dev/resources.json': '{}' },
    'a path outside': { '../x.yml': 'a: 1\n' },
  };

  it.for(Object.keys(hostile))('%s', async (name, { far, folder, wired }) => {
    const path = join(folder, 'recording');
    writeFileSync(
      path,
      `#!/bin/sh\nif [ "$1" = --version ]; then echo 'Databricks CLI v1.9.0'; else touch ${path}.called; echo '{}'; fi\n`,
    );
    chmodSync(path, 0o755);
    const bundle = bundleOf(hostile[name]);
    const { prover, planner } = wired(path);
    const identity = { host: far.url, userName: ANA };
    const proof = await prover.prove({ bundle, definition, ...identity, token: async () => 'dapi-canary' });
    expect(proof).toMatchObject({ problem: expect.stringContaining('not allowed') });
    const plan = await planner.planVersion({
      conversationId: 'c1',
      version: 1,
      subject: 'job 123',
      bundle,
      target: 'dev',
      identity,
      slackUser: 'U_ANA',
      token: async () => 'dapi-canary',
    });
    expect(plan).toMatchObject({ problem: expect.stringContaining('not allowed') });
    expect(existsSync(`${path}.called`)).toBe(false);
  });

  it('and without a CLI everything says what is missing and how to get it', async ({ far, wired }) => {
    const { prover, planner } = wired(undefined);
    const steps: { id: string; title: string; status: string; details?: string }[] = [];
    const identity = { host: far.url, userName: ANA };
    const words = { problem: expect.stringContaining('no Databricks CLI'), next: expect.stringContaining('npm run setup:cli') };
    expect(
      await prover.prove({ bundle: bundleOf(), definition, ...identity, token: async () => 't', onStep: (step) => steps.push(step) }),
    ).toMatchObject(words);
    expect(steps.at(-1)).toMatchObject({ id: 'validate', status: 'error' });
    const plan = planner.planVersion({
      conversationId: 'c1',
      version: 1,
      subject: 'job 123',
      bundle: bundleOf(),
      target: 'dev',
      identity,
      slackUser: 'U_ANA',
      token: async () => 't',
    });
    expect(await plan).toMatchObject(words);
  });
});

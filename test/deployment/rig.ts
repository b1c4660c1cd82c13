// What the tests of deployment share: the real CLI (or a loud skip), the stand-in workspace, a stored bundle.
import { realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { type Bundle, digestFiles } from '../../src/bundle/model/bundle.ts';
import { createWorkspaceWrites } from '../../src/databricks/api-writes/workspace-writes.ts';
import { createWorkspace } from '../../src/databricks/workspace.ts';
import { createCli } from '../../src/deployment/cli/open-bundle.ts';
import { createDeployment } from '../../src/deployment/deployment.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { createProofStore } from '../../src/storage/bundles/proofs.ts';
import type { Db } from '../../src/storage/db/db.ts';
import { createLogger } from '../../src/values/log.ts';
import type { TokenSource } from '../../src/values/patience.ts';
import { CLI } from '../located-cli.ts';
import { openTestStorage } from '../storage/open-test-storage.ts';
import { createTestClock } from '../values/test-clock.ts';

export const log = createLogger({ level: 'silent' });

export const ANA = 'ana@acme.example';

/** A small job's bundle; `files` replaces or adds some. */
export function bundleOf(files: Record<string, string> = {}): Bundle {
  const tree: Record<string, string> = {
    'databricks.yml': `bundle:
  name: churn
  engine: direct
include:
  - resources/churn.job.yml
targets:
  dev:
    mode: development
    default: true
  prod:
    mode: production
    workspace:
      root_path: /Workspace/Users/\${workspace.current_user.userName}/.bundle/\${bundle.name}/\${bundle.target}
`,
    'resources/churn.job.yml': `resources:
  jobs:
    churn:
      name: Churn
      max_concurrent_runs: 5
      queue:
        enabled: false
      schedule:
        quartz_cron_expression: 0 0 6 * * ?
        timezone_id: UTC
      tasks:
        - task_key: load
          notebook_task:
            notebook_path: ../src/load.py
`,
    'src/load.py': '# Databricks notebook source\nprint("load")\n',
    ...files,
  };
  const list = Object.entries(tree)
    .map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    name: 'churn',
    files: list,
    resources: [{ type: 'jobs', key: 'churn' }],
    variables: [],
    targets: ['dev', 'prod'],
    adoption: {},
    sources: [],
    secrets: [],
    diagnostics: [],
    digest: digestFiles(list),
  };
}

let rooms = 0;

/** The room as the bot wires it, and the CLI by itself. */
export function wireDeployment(db: Db, cliPath = CLI) {
  const scratchName = `dab-deployment-${process.pid}-${++rooms}`;
  const scratchDir = join(realpathSync(tmpdir()), scratchName);
  const bundles = createBundleStore(db);
  // What waits by it waits until it is turned; deadlines never come.
  const clock = createTestClock(Date.now());
  const deployment = createDeployment({
    ...{ db, bundles, bundlesIn: () => bundles, scratchName, clock, log },
    proofs: createProofStore(db),
    find: { cliPath, cacheDir: scratchDir, allowSetup: false },
    workspace: ({ host, token }) => createWorkspace({ host, token, log }),
    workspaceWrites: ({ host, token }) => createWorkspaceWrites({ host, token, log }),
  });
  return {
    ...deployment,
    db,
    clock,
    bundles,
    loadBundle: async (digest: string) => (await bundles.load(digest))?.bundle,
    cli: createCli({ locator: deployment.locator, scratchDir, clock, log }),
    scratchDir,
    close: () => rmSync(scratchDir, { recursive: true, force: true }),
  };
}

/** The room with an empty workspace, and one conversation with one turn and no proposal. */
async function createRig(deployment: ReturnType<typeof wireDeployment>) {
  const { db, bundles, planner } = deployment;
  for (const table of ['dev_data', 'places', 'writes', 'proposals', 'turns', 'conversations']) await db.query(`delete from ${table}`);
  await db.query(
    `insert into conversations (id, team, channel, thread_ts, requester, subject) values ('c1', 'T', 'C', '1.1', 'U_ANA', '{}')`,
  );
  await db.query(`insert into turns (id, conversation_id, slack_user, text, event_key) values ('t1', 'c1', 'U_ANA', 'x', 't1')`);
  const far = await createDatabricksStandIn({ seed: false });
  const token: TokenSource = async () => far.tokenFor(ANA);
  const by = { slackUser: 'U_ANA', identity: { host: far.url, userName: ANA } };
  return {
    ...deployment,
    far,
    token,
    by,
    async plan(bundle: Bundle, version = 1, target = 'dev') {
      await bundles.save(bundle);
      return await planner.planVersion({ conversationId: 'c1', version, bundle, subject: 'job 123', target, ...by, token });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof createRig>>;

/** Tests with a `rig` each, over a database and a wired room that their file shares. */
export const deploymentTest = test
  .extend('deployment', { scope: 'file' }, async ({}, { onCleanup }) => {
    const storage = await openTestStorage();
    const deployment = wireDeployment(storage.db);
    onCleanup(async () => {
      deployment.close();
      await storage.close();
    });
    return deployment;
  })
  .extend('rig', async ({ deployment }, { onCleanup }) => {
    const rig = await createRig(deployment);
    onCleanup(() => rig.far.close());
    return rig;
  });

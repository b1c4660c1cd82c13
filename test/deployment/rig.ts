// What the tests of deployment share: the real CLI (or a loud skip), the stand-in workspace, a stored bundle.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, digestFiles } from '../../src/bundle/model/bundle.ts';
import { loadCliConfig } from '../../src/config/load.ts';
import { createWorkspaceWrites } from '../../src/databricks/api-writes/workspace-writes.ts';
import { createWorkspace } from '../../src/databricks/workspace.ts';
import { createDeploymentApprovals } from '../../src/deployment/approval/decide-deployment.ts';
import { createWriteApprovals } from '../../src/deployment/approval/decide-write.ts';
import { createCli } from '../../src/deployment/cli/open-bundle.ts';
import { createDeployer } from '../../src/deployment/execute/deploy-approved.ts';
import { createWriteExecutor } from '../../src/deployment/execute/execute-write.ts';
import { createCliLocator } from '../../src/deployment/install/locate.ts';
import { createPlanner } from '../../src/deployment/plan/plan-version.ts';
import { createWriteProposals } from '../../src/deployment/plan/propose-write.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { createLogger } from '../../src/values/log.ts';
import type { TestStorage } from '../storage/open-test-storage.ts';

export const log = createLogger({ level: 'silent' });

/** DATABRICKS_CLI_PATH, what setup:cli has cached, or PATH; never prepared by a test. */
export const cliPath = await createCliLocator({ ...loadCliConfig(), log, allowSetup: false }).ready();
if (cliPath === undefined)
  process.stderr.write('\n*** No Databricks CLI on this machine: tests that need it are skipped. Run: npm run setup:cli\n');

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

/** A workspace, a database with one conversation, and everything that plans and deploys, wired as main does. */
export async function createRig(storage: TestStorage, options: { cli?: string | undefined } = {}) {
  const far = await createDatabricksStandIn({ seed: false });
  const { db } = storage;
  const scratchDir = realpathSync(mkdtempSync(join(tmpdir(), 'dab-test-')));
  const locator = createCliLocator({ cliPath: options.cli ?? cliPath, cacheDir: scratchDir, log, allowSetup: false });
  const cli = createCli({ locator, scratchDir, log });
  const bundles = createBundleStore(db);
  const workspace = ({ host, token }: { host: string; token: string }) => createWorkspace({ host, token: async () => token, log });
  const loadBundle = async (digest: string) => (await bundles.load(digest))?.bundle;
  await db.query(
    `insert into conversations (id, team, channel, thread_ts, requester, subject) values ('c1', 'T', 'C', '1.1', 'U_ANA', '{}') on conflict do nothing`,
  );
  const token = far.tokenFor(ANA);
  const planner = createPlanner({ cli, db, log, workspace });
  const by = { slackUser: 'U_ANA', identity: { host: far.url, userName: ANA } };

  return {
    far,
    db,
    cli,
    token,
    scratchDir,
    approvals: createDeploymentApprovals({ db }),
    deployer: createDeployer({ cli, db, loadBundle, log, workspace }),
    writes: createWriteProposals({ db, cli, log }),
    writeApprovals: createWriteApprovals({ db }),
    executor: createWriteExecutor({
      ...{ db, cli, loadBundle, log },
      writes: ({ host, token }) => createWorkspaceWrites({ host, token: async () => token, log }),
    }),
    bundles,
    loadBundle,
    by,
    async plan(bundle: Bundle, version = 1, target = 'dev') {
      await bundles.save(bundle);
      return await planner.planVersion({ conversationId: 'c1', version, bundle, target, identity: by.identity, slackUser: 'U_ANA', token });
    },
    async close() {
      await far.close();
      rmSync(scratchDir, { recursive: true, force: true });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof createRig>>;

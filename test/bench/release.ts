// What people wait for around a deployment, in a workspace that answers in 50 ms: a plan with 100 deployed files, and the checks at the click.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Bundle, digestFiles } from '../../src/bundle/model/bundle.ts';
import { loadCliConfig } from '../../src/config/load.ts';
import { createWorkspaceWrites } from '../../src/databricks/api-writes/workspace-writes.ts';
import { LIMITS } from '../../src/databricks/http/limits.ts';
import { createWorkspace } from '../../src/databricks/workspace.ts';
import { createDeployment } from '../../src/deployment/deployment.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { createProofStore } from '../../src/storage/bundles/proofs.ts';
import { systemClock } from '../../src/values/clock.ts';
import { createLogger } from '../../src/values/log.ts';
import { mostWithin } from '../databricks/rig.ts';
import { openTestStorage } from '../storage/open-test-storage.ts';

const FILES = 100;
const LATENCY_MS = 50;
const ANA = 'ana@acme.example';
/** What is asked of it: seconds for the checks at the click, and exports a second (facts: databricks#rate-limits). */
const CLICK_SECONDS = 2;
const EXPORTS_A_SECOND = 60;

export async function run(): Promise<void> {
  const log = createLogger({ level: 'silent' });
  const scratch = mkdtempSync(join(tmpdir(), 'dab-bench-'));
  const far = await createDatabricksStandIn({ seed: false, latencyMs: LATENCY_MS });
  const storage = await openTestStorage();
  try {
    const { db } = storage;
    const bundles = createBundleStore(db);
    const create = (clock = systemClock) =>
      createDeployment({
        ...{ db, bundles, bundlesIn: () => bundles, clock, log, scratchName: basename(scratch) },
        proofs: createProofStore(db),
        find: { ...loadCliConfig(), allowSetup: false },
        workspace: ({ host, token }) => createWorkspace({ host, token, log }),
        workspaceWrites: ({ host, token }) => createWorkspaceWrites({ host, token, log }),
      });
    await db.query(
      `insert into conversations (id, team, channel, thread_ts, requester, subject) values ('c1', 'T', 'C', '1.1', 'U_ANA', '{"jobId":"1","name":"Many"}')`,
    );
    const token = async () => far.tokenFor(ANA);
    const identity = { host: far.url, userName: ANA };
    let version = 0;
    const plan = async ({ planner }: ReturnType<typeof create>, bundle: Bundle) => {
      await bundles.save(bundle);
      const input = {
        conversationId: 'c1',
        version: ++version,
        bundle,
        target: 'prod',
        subject: 'job 1',
        identity,
        slackUser: 'U_ANA',
        token,
      };
      const proposal = await planner.planVersion(input);
      if ('problem' in proposal) throw new Error(proposal.problem);
      return proposal;
    };
    /** Deploys; answers the seconds until the CLI asked for its lock: until then nothing but checks has happened. */
    const deploy = async ({ approvals, deployer }: ReturnType<typeof create>, proposalId: string): Promise<number> => {
      await approvals.approve({ proposalId, by: { slackUser: 'U_ANA', identity }, now: new Date() });
      far.requests.length = 0;
      const clicked = Date.now();
      const result = await deployer.deploy({ proposalId, token, onProgress: () => {} });
      if (!result.ok) throw new Error(result.problem);
      const lock = far.requests.find(({ method, path }) => method === 'POST' && decodeURIComponent(path).endsWith('/deploy.lock'));
      return ((lock?.at ?? Number.NaN) - clicked) / 1000;
    };

    const first = create();
    await deploy(first, (await plan(first, bundleOf('one'))).id);
    // What was written a moment ago is read again, since two writes may bear the same time: this clock is past that moment.
    const cold = create({ ...systemClock, now: () => systemClock.now() + LIMITS.freshMs + 1000 });
    far.requests.length = 0;
    const unread = await seconds(() => plan(cold, bundleOf('two')));
    const moments = far.requests.filter(({ path }) => path.endsWith('/workspace/export')).map(({ at }) => at);
    const known = await seconds(() => plan(cold, bundleOf('two')));
    const proposal = await plan(cold, bundleOf('two'));
    const click = await deploy(cold, proposal.id);

    const most = mostWithin(moments, 1000);
    console.log(
      `plan with ${FILES} deployed files: ${unread.toFixed(2)} s, again ${known.toFixed(2)} s (${(unread / known).toFixed(1)} times)`,
    );
    console.log(`exports in any second: ${most}  (at most ${EXPORTS_A_SECOND}: ${most <= EXPORTS_A_SECOND ? 'ok' : 'MISSED'})`);
    console.log(
      `from the click to the CLI's lock: ${click.toFixed(2)} s  (at most ${CLICK_SECONDS}: ${click <= CLICK_SECONDS ? 'ok' : 'MISSED'})`,
    );
  } finally {
    await far.close();
    await storage.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** A job with many notebooks, of which one says `text`. */
function bundleOf(text: string): Bundle {
  const tasks = Array.from(
    { length: FILES },
    (_, n) => `        - task_key: t${n}\n          notebook_task:\n            notebook_path: ../src/n${n}.py\n`,
  );
  const root = `/Workspace/Users/${ANA}/.bundle/many/prod`;
  const tree = {
    'databricks.yml': `bundle:\n  name: many\n  engine: direct\ninclude:\n  - resources/many.job.yml\ntargets:\n  prod:\n    mode: production\n    workspace:\n      root_path: ${root}\n`,
    'resources/many.job.yml': `resources:\n  jobs:\n    many:\n      name: Many\n      queue:\n        enabled: false\n      tasks:\n${tasks.join('')}`,
    ...Object.fromEntries(
      Array.from({ length: FILES }, (_, n) => [`src/n${n}.py`, `# Databricks notebook source\nprint("${n === 0 ? text : n}")\n`]),
    ),
  };
  const files = Object.entries(tree)
    .map(([path, content]) => ({ path, bytes: new TextEncoder().encode(content) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    ...{ name: 'many', files, resources: [{ type: 'jobs', key: 'many' }], variables: [], targets: ['prod'] },
    ...{ environments: { prod: 'production' }, adoption: {}, sources: [], secrets: [], diagnostics: [], digest: digestFiles(files) },
  };
}

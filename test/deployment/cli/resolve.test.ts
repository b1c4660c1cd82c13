// What a target resolves to is asked of the CLI once, for whoever reads it: by the real CLI, and with an answer that comes when it is told to.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDeployedFiles } from '../../../src/databricks/read/deployed-files.ts';
import { createWorkspace } from '../../../src/databricks/workspace.ts';
import { createCli } from '../../../src/deployment/cli/open-bundle.ts';
import { createResolver } from '../../../src/deployment/cli/resolve.ts';
import { createPlanner } from '../../../src/deployment/plan/plan-version.ts';
import { createProver } from '../../../src/deployment/plan/prove.ts';
import { createProofStore } from '../../../src/storage/bundles/proofs.ts';
import { UserError } from '../../../src/values/errors.ts';
import { createLogger } from '../../../src/values/log.ts';
import { CLI } from '../../located-cli.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { ANA, bundleOf, deploymentTest, log } from '../rig.ts';

describe.skipIf(CLI === undefined)('the check, the proof and the plan of a version', () => {
  deploymentTest('run the CLI once for each target, and once for the plan', async ({ rig }) => {
    const { db, far, token, by, clock, scratchDir, locator } = rig;
    const runs: string[] = [];
    const destination = {
      write(line: string) {
        const { msg, command, target } = JSON.parse(line);
        if (msg === 'Ran the Databricks CLI') runs.push(`${command} ${target}`);
      },
    };
    const cli = createCli({ locator, scratchDir: join(scratchDir, 'counted'), clock, log: createLogger({ level: 'info', destination }) });
    const prover = createProver({ cli, store: createProofStore(db), log });
    const planner = createPlanner({
      ...{ cli, db, clock, log, loadBundle: rig.loadBundle },
      workspace: ({ host, token }) => createWorkspace({ host, token, log }),
      readFiles: createDeployedFiles({ clock }),
    });
    const bundle = bundleOf();
    await rig.bundles.save(bundle);
    const definition = { jobId: '1', settings: { name: 'Churn' } };
    const asked = { bundle, host: far.url, userName: ANA, token };
    const prove = () => prover.prove({ ...asked, definition });
    const plan = () => planner.planVersion({ conversationId: 'c1', version: 1, bundle, subject: 'job 123', target: 'dev', ...by, token });
    await prove();
    await prover.inspect({ ...asked, command: 'validate', target: 'dev' });
    await prove();
    expect(await plan()).toHaveProperty('id');
    expect(runs.sort()).toEqual(['bundle plan dev', 'bundle validate dev', 'bundle validate prod']);
    // What is in the workspace may be another thing by now.
    expect(await plan()).toHaveProperty('id');
    expect(runs.filter((run) => run === 'bundle plan dev')).toHaveLength(2);
    expect(runs).toHaveLength(4);
  });
});

describe('an answer of the CLI', () => {
  const ASKED = { files: bundleOf().files, target: 'dev', host: 'https://acme.databricks.test', userName: ANA, token: async () => 't' };

  function startResolving() {
    const clock = createTestClock();
    const asked: PromiseWithResolvers<string>[] = [];
    const resolve = createResolver(async () => {
      const answer = Promise.withResolvers<string>();
      asked.push(answer);
      return { resolved: { workspace: { current_user: { userName: await answer.promise } } }, warnings: [], version: '1.0.0' };
    }, clock);
    /** Answers one of the questions, once it has come. */
    async function answer(index: number, userName = ANA): Promise<void> {
      await expect.poll(() => asked.length).toBeGreaterThan(index);
      asked[index]?.resolve(userName);
    }
    return { clock, asked, resolve, answer };
  }

  test('is shared by those who ask meanwhile and after it, for a few minutes', async () => {
    const { clock, asked, resolve, answer } = startResolving();
    const both = Promise.all([resolve(ASKED), resolve({ ...ASKED, userName: ANA.toUpperCase() })]);
    await answer(0);
    const [one, other] = await both;
    expect(other).toBe(one);
    await clock.turn(60_000);
    expect(await resolve(ASKED)).toBe(one);
    expect(asked).toHaveLength(1);
    await clock.turn(180_000);
    const anew = resolve(ASKED);
    await answer(1);
    expect(await anew).not.toBe(one);
  });

  test('is nobody else’s: not of another file, target or person', async () => {
    const { resolve, answer } = startResolving();
    const { files } = bundleOf({ 'src/load.py': '# other' });
    const four = [ASKED, { ...ASKED, files }, { ...ASKED, target: 'prod' }, { ...ASKED, userName: 'ben@acme.example' }];
    const answers = Promise.allSettled(four.map(resolve));
    for (const index of [0, 1, 2, 3]) await answer(index);
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  });

  test('is not kept where it failed, and a failure is that of whoever asked', async () => {
    const { asked, resolve, answer } = startResolving();
    const first = resolve(ASKED);
    const second = resolve(ASKED);
    await expect.poll(() => asked).toHaveLength(1);
    asked[0]?.reject(new UserError({ doing: 'Validating', problem: 'stopped', next: 'x' }));
    await expect(first).rejects.toThrow('stopped');
    await answer(1);
    expect((await second).version).toBe('1.0.0');
  });

  test('for somebody else than the person named is refused, and not kept', async () => {
    const { resolve, answer } = startResolving();
    const first = resolve(ASKED);
    await answer(0, 'eve@acme.example');
    await expect(first).rejects.toThrow('does not belong to ana@acme.example');
    const second = resolve(ASKED);
    await answer(1);
    await second;
  });

  test('is waited for no longer by whoever was stopped meanwhile', async () => {
    const { resolve, answer } = startResolving();
    const first = resolve(ASKED);
    const stop = new AbortController();
    const second = resolve({ ...ASKED, signal: stop.signal });
    stop.abort(new Error('stopped by a test'));
    await expect(second).rejects.toThrow('stopped by a test');
    await answer(0);
    await first;
  });
});

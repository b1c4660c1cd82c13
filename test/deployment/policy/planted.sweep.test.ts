// Changes planted between two deployments, by the real CLI's plan: the dangerous ones are red, each by its rule, and harmless ones say nothing.
import { describe, expect } from 'vitest';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import { diffOfPlan } from '../../../src/deployment/policy/diff-of-plan.ts';
import type { Release } from '../../../src/deployment/policy/release-diff.ts';
import { createDatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { CLI } from '../../located-cli.ts';
import { sampleOf } from '../../sample.ts';
import { ANA, deploymentTest } from '../rig.ts';
import { firstPlanOf } from './plan-of.ts';
import { bundleWith, DANGERS, HARMLESS, MILDER, ORIGINAL, type Planted } from './planted-changes.ts';

const test = deploymentTest.extend('planted', { scope: 'file' }, async ({ deployment }, { onCleanup }) => {
  const far = await createDatabricksStandIn({ seed: false });
  onCleanup(() => far.close());
  const { db, bundles, planner, cli } = deployment;
  for (const table of ['writes', 'proposals', 'turns', 'conversations']) await db.query(`delete from ${table}`);
  await db.query(
    `insert into conversations (id, team, channel, thread_ts, requester, subject) values ('c1', 'T', 'C', '1.1', 'U_ANA', '{}')`,
  );
  const original = { jobId: ORIGINAL, settings: { name: 'Load' }, creator: ANA, runAs: ANA, createdTime: 0, extra: {} };
  far.workspace.jobs.set(ORIGINAL, original);
  const first: Record<string, unknown> = {};
  const { files } = bundleWith([]);
  for (const target of ['dev', 'prod'])
    await cli.open({ files, host: far.url, token: async () => far.tokenFor(ANA) }, async (open) => {
      const { text, plan } = await open.plan(target);
      first[target] = plan;
      const { result } = await open.deployPlan(target, { plan: text, deletes: false }, () => undefined);
      if (result.code !== 0) throw new Error(result.stderr);
    });
  const jobs = structuredClone([...far.workspace.jobs]);

  return {
    first,
    /** The release of the planted change; what was done in the workspace is undone. */
    async release({ edits = [], live, target = 'prod' }: Planted): Promise<Release | undefined> {
      for (const [id, job] of structuredClone(jobs)) far.workspace.jobs.set(id, job);
      live?.(far);
      const bundle = bundleWith(edits);
      await bundles.save(bundle);
      const who = { slackUser: 'U_ANA', identity: { host: far.url, userName: ANA }, token: async () => far.tokenFor(ANA) };
      const made = await planner.planVersion({ subject: 'job 123', conversationId: 'c1', version: 1, bundle, target, ...who });
      if ('problem' in made) throw new Error(`${made.problem} ${made.next}`);
      return made.release;
    },
  };
});

const said = (release: Release | undefined) => release?.findings.map(({ weight, rule }) => `${weight}: ${rule}`);

describe.skipIf(CLI === undefined)('planted changes', () => {
  test('the plan that is made without the CLI says the same of a first deployment', ({ planted }) => {
    for (const [target, environment] of [
      ['dev', 'development'],
      ['prod', 'production'],
    ] as const) {
      const made = firstPlanOf(resolveBundle(bundleWith([]).files, target, { userName: ANA }), ANA);
      const [real, ours] = [planted.first[target], made].map((plan) => diffOfPlan(plan as typeof made, { target, environment }));
      const plain = (diff = ours) =>
        diff?.resources.map(({ settings, ...one }) => ({ ...one, settings: settings.map(({ path, is }) => `${path} ${is}`).sort() }));
      // Where nothing is said of a pause the CLI fills it in.
      const unsaid = (diff = real) =>
        plain(diff)?.map((one) => ({ ...one, settings: one.settings.filter((text) => !text.endsWith(' UNPAUSED')) }));
      expect(new Set(plain(ours))).toEqual(new Set(unsaid(real)));
    }
  });

  test.for(sampleOf(DANGERS, 8))('are danger: %s, %s', async ([rule, , change], { planted }) => {
    const release = await planted.release(change);
    expect(said(release)).toContain(`danger: ${rule}`);
  });

  test.for(sampleOf(MILDER, 4))('are no danger: %s, %s, %s', async ([weight, rule, , change], { planted }) => {
    const release = await planted.release(change);
    expect(said(release)).toEqual([`${weight}: ${rule}`]);
  });

  test.for(sampleOf(HARMLESS, 5))('are nothing: %s', async ([, change], { planted }) => {
    expect((await planted.release(change))?.findings).toEqual([]);
  });
});

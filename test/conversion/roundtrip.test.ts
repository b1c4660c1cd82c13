// Every golden case through the real CLI: generated, planned, deployed to each target, and what the workspace then answers compared.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkBundle } from '../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import { HARD_CASES } from '../bundle/case-hard.ts';
import { KIND_CASES } from '../bundle/case-kinds.ts';
import { CASES, HOST } from '../bundle/fixtures.ts';
import { seedLookups, seedOriginals } from '../bundle/seed-lookups.ts';
import { cliPath } from '../deployment/rig.ts';
import { createRoundtrip, type Roundtrip } from './roundtrip-rig.ts';

const ALL = Object.entries({ ...CASES, ...KIND_CASES, ...HARD_CASES });
/** What the CLI warns of over the untouched settings too. */
const INHERENT: Readonly<Record<string, RegExp>> = { 'task-unknown': /unknown field: (quantum_task|mood)/ };
describe.skipIf(cliPath === undefined)('deployed and equal', () => {
  let trip: Roundtrip;
  beforeAll(async () => {
    trip = await createRoundtrip();
  });
  afterAll(() => trip.close());

  test.each(ALL)('%s', async (name, one) => {
    const bundle = generateBundle({ ...one, host: HOST });
    if (bundle.diagnostics.some(({ level }) => level === 'error')) {
      expect(bundle.diagnostics.filter(({ level }) => level === 'error').map(({ place }) => place)).not.toContain('');
      expect(checkBundle(bundle.files)).not.toEqual([]);
      return;
    }
    expect(checkBundle(bundle.files)).toEqual([]);
    await using far = await trip.workspace();
    seedLookups(far.standIn.workspace, [one.definition]);
    // Of an adopted target the originals are there.
    if (Object.keys(bundle.adoption).length > 0) seedOriginals(far.standIn.workspace, one.definition);
    for (const target of bundle.targets) {
      const { differences, warnings } = await far.deploy(bundle, target);
      expect([target, differences]).toEqual([target, []]);
      expect([target, far.brokenPaths()]).toEqual([target, []]);
      expect(await far.replan(bundle, target)).toEqual([]);
      expect([target, warnings.filter((warning) => INHERENT[name]?.test(warning) !== true)]).toEqual([target, []]);
    }
  });

  test('what the workspace does not keep is a difference: a grant, a level, somebody more, a setting, a page', async () => {
    const one = HARD_CASES.related;
    if (one === undefined) throw new Error('no such case');
    await using far = await trip.workspace();
    seedLookups(far.standIn.workspace, [one.definition]);
    const { workspace } = far.standIn;
    const { differences } = await far.deploy(generateBundle({ ...one, host: HOST }), 'prod', (line) => {
      if (!line.startsWith('Deployment complete')) return;
      const grant = (group: string, level: string) => ({ group_name: group, all_permissions: [{ permission_level: level }] });
      for (const id of workspace.pipelines.keys()) workspace.grants.set(`/pipelines/${id}`, [grant('data-team', 'CAN_VIEW')]);
      for (const [id, dashboard] of workspace.dashboards) {
        workspace.grants.set(`/dashboards/${id}`, [grant('everybody', 'CAN_READ')]);
        dashboard.draft = { ...dashboard.draft, serialized_dashboard: '{"pages":[{"name":"two","pageType":"PAGE_TYPE_CANVAS"}]}' };
      }
      for (const pipeline of workspace.pipelines.values()) pipeline.run_as_user_name = 'somebody@acme.example';
      for (const job of workspace.jobs.values()) job.settings = { ...job.settings, max_concurrent_runs: 7 };
    });
    const said = differences.map(({ resource, place, was, is }) => `${resource} ${place}: ${was} → ${is}`);
    expect(said.sort()).toEqual([
      'dashboards.sales content.pages[0].name: one → two',
      'dashboards.sales permissions[data-team]: CAN_READ → undefined',
      'dashboards.sales permissions[everybody]: undefined → CAN_READ',
      'jobs.together max_concurrent_runs: 1 → 7',
      'jobs.together_2 max_concurrent_runs: 1 → 7',
      'pipelines.sales_tables permissions[data-team]: CAN_RUN → CAN_VIEW',
      'pipelines.sales_tables run_as.service_principal_name: 0a0a0a0a-0000-4000-8000-000000000001 → undefined',
    ]);
  });
});

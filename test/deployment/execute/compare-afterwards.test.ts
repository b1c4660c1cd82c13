// After a deployment with the real CLI, what the workspace does not keep is a difference: a grant, a level, somebody more, a setting, a page.
import { expect } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { HARD_CASES } from '../../bundle/case-hard.ts';
import { HOST } from '../../bundle/fixtures.ts';
import { seedLookups } from '../../bundle/seed-lookups.ts';
import { roundtripTest as test } from '../../conversion/roundtrip-rig.ts';
import { CLI } from '../../located-cli.ts';

test.skipIf(CLI === undefined)('what the workspace does not keep is a difference', async ({ far }) => {
  const one = HARD_CASES.related;
  if (one === undefined) throw new Error('no such case');
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

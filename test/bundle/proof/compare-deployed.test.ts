// What counts as a difference between a bundle and what is deployed of it, without a workspace: settings, dashboards, grants.
import { describe, expect, test } from 'vitest';
import type { DashboardDefinition, Grant } from '../../../src/bundle/model/bundle.ts';
import { compareDashboard, compareDeployed } from '../../../src/bundle/proof/compare-deployed.ts';
import { compareDeployedGrants } from '../../../src/bundle/proof/compare-grants.ts';
import type { JsonObject } from '../../../src/values/json.ts';

const ANA = 'ana@acme.example';
const resolvedAs = (type: string, value: JsonObject): JsonObject => ({
  workspace: { current_user: { userName: ANA } },
  resources: { [type]: { x: value } },
});
const places = (found: readonly { place: string }[]) => found.map(({ place }) => place);

describe('a job', () => {
  const cluster = { spark_version: '15.4.x', num_workers: 1, node_type_id: 'i3.xlarge', apply_policy_default_values: true };
  const job = { name: 'x', tasks: [{ task_key: 'a', new_cluster: cluster }] };
  const deployedWith = (more: JsonObject, settings: JsonObject = {}) => {
    const { apply_policy_default_values: _unanswered, ...answered } = cluster;
    const deployed = { ...job, ...settings, tasks: [{ task_key: 'a', new_cluster: { ...answered, ...more } }] };
    return places(compareDeployed({ resolved: resolvedAs('jobs', job), resourceKey: 'x', deployed }));
  };

  test('what the service chooses for a cluster is none, what the bundle chose is', () => {
    const chosen = { aws_attributes: { zone_id: 'auto' }, data_security_mode: 'SINGLE_USER', driver_node_type_id: 'i3.xlarge' };
    expect(deployedWith(chosen)).toEqual([]);
    expect(deployedWith({ node_type_id: 'i3.large' })).toEqual(['tasks[a].new_cluster.node_type_id']);
    expect(deployedWith({ policy_id: 'p' })).toEqual(['tasks[a].new_cluster.policy_id']);
  });

  test('it runs as whoever deployed it, unless the bundle says who', () => {
    expect(deployedWith({}, { run_as: { user_name: ANA } })).toEqual([]);
    expect(deployedWith({}, { run_as: { user_name: 'ben@acme.example' } })).toEqual(['run_as.user_name']);
    const said = resolvedAs('jobs', { name: 'x', run_as: { service_principal_name: 'p' } });
    const compared = (runAs: string) => places(compareDeployed({ resolved: said, resourceKey: 'x', deployed: { name: 'x' }, runAs }));
    expect(compared('p')).toEqual([]);
    expect(compared(ANA)).toEqual(['run_as.service_principal_name']);
  });
});

test('a pipeline: what is of the request alone or of the server alone is none, the rest is', () => {
  const resolved = resolvedAs('pipelines', { name: 'x', allow_duplicate_names: true, catalog: 'main', clusters: [{ num_workers: 1 }] });
  const spec = {
    ...{ id: 'p1', name: 'x', catalog: 'main', pipeline_type: 'WORKSPACE', storage: 'dbfs:/pipelines/p1', channel: 'CURRENT' },
    clusters: [{ num_workers: 1, node_type_id: 'i3.xlarge' }],
  };
  const compared = (deployed: JsonObject) => places(compareDeployed({ resolved, type: 'pipelines', resourceKey: 'x', deployed }));
  expect(compared(spec)).toEqual([]);
  expect(compared({ ...spec, storage: 'dbfs:/elsewhere', channel: 'PREVIEW', catalog: 'dev' })).toEqual(['catalog', 'storage', 'channel']);
});

describe('a dashboard', () => {
  const resolved = resolvedAs('dashboards', { display_name: 'Sales', warehouse_id: 'w', serialized_dashboard: '{"pages":[{"name":"p"}]}' });
  const dashboard: DashboardDefinition = { type: 'dashboards', id: 'd', name: 'Sales', warehouseId: 'w', serialized: '' };
  const compared = (serialized: string, more: Partial<DashboardDefinition> = {}) =>
    places(compareDashboard({ resolved, resourceKey: 'x', deployed: { ...dashboard, serialized, ...more } }));

  test('may be written otherwise, with the type of its pages', () => {
    expect(compared('{ "pages": [ {"pageType":"PAGE_TYPE_CANVAS", "name":"p"} ] }\n')).toEqual([]);
  });
  test('differs in name, warehouse and content', () => {
    expect(compared('{"pages":[{"name":"q"},{"name":"r"}]}', { name: 'Other', warehouseId: undefined })).toEqual([
      ...['display_name', 'warehouse_id', 'content.pages[0].name', 'content.pages[1].name'],
    ]);
    expect(compared('no JSON')).toEqual(['content.pages[0].name', 'content']);
    expect(compareDashboard({ resolved, resourceKey: 'nope', deployed: dashboard })).toHaveLength(1);
  });
  test('has its datasets in the schema that the bundle says', () => {
    const content = (schema: string) => JSON.stringify({ datasets: [{ name: 's', catalog: 'main', schema }] });
    const said = { display_name: 'Sales', warehouse_id: 'w', dataset_schema: 'dev_ana', serialized_dashboard: content('sales') };
    const found = (schema: string) =>
      compareDashboard({
        resolved: resolvedAs('dashboards', said),
        resourceKey: 'x',
        deployed: { ...dashboard, serialized: content(schema) },
      });
    expect(found('dev_ana')).toEqual([]);
    expect(found('sales')).toEqual([{ place: 'content.datasets[0].schema', was: 'dev_ana', is: 'sales' }]);
  });
});

describe('grants', () => {
  const resource = {
    permissions: [
      { level: 'CAN_VIEW', group_name: 'readers' },
      { level: 'CAN_MANAGE', user_name: ANA },
      { level: 'IS_OWNER', user_name: ANA },
    ],
  };
  const readers = (level: string): Grant => ({ principal: 'group_name', name: 'readers', level });
  const compared = (grants: Grant[] | undefined, of: JsonObject = resource) => compareDeployedGrants(of, grants, ANA);

  test('as the bundle gives them, ownership and the deployer aside', () => {
    expect(compared([readers('CAN_VIEW')])).toEqual([]);
    expect(compared([readers('CAN_VIEW'), { principal: 'user_name', name: ANA, level: 'CAN_MANAGE' }])).toEqual([]);
    expect(compared(undefined, {})).toEqual([]);
  });
  test('lost, another level, of a user in place of a group, of somebody more, unreadable', () => {
    const lost = { place: 'permissions[readers]', was: 'CAN_VIEW', is: undefined };
    expect(compared([])).toEqual([lost]);
    expect(compared([readers('CAN_MANAGE')])).toEqual([{ ...lost, is: 'CAN_MANAGE' }]);
    expect(compared([{ ...readers('CAN_VIEW'), principal: 'user_name' }])).toHaveLength(2);
    expect(compared([readers('CAN_VIEW')], {})).toEqual([{ place: 'permissions[readers]', was: undefined, is: 'CAN_VIEW' }]);
    expect(compared(undefined)).toEqual([{ place: 'permissions', was: 'readers CAN_VIEW', is: undefined }]);
  });
});

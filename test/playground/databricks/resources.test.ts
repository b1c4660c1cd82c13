// Pipelines, dashboards and what is known by name in the stand-in: kept as sent, refused as Databricks refuses, found by the real CLI.
import { describe, expect } from 'vitest';
import { standInTest } from './api.ts';
import { CLI, createBundleFolder } from './cli.ts';

const PIPELINES = '/api/2.0/pipelines';
const DASHBOARDS = '/api/2.0/lakeview/dashboards';
const HOME = '/Users/ana@acme.example';
const test = standInTest({ seed: false }).extend(
  'create',
  ({ ana }) =>
    async (spec: object): Promise<string> =>
      String((await ana.post(PIPELINES, spec)).json.pipeline_id),
);
const refused = (status: number, code: string, message: unknown) => ({ status, json: { error_code: code, message } });

describe('pipelines', () => {
  test('the spec is what was sent, without what is of the request, with what the server writes', async ({ ana, create }) => {
    const id = await create({ name: 'a', catalog: 'main', something_new: [1], allow_duplicate_names: true, run_as: { user_name: 'x' } });
    const { json } = await ana.get(`${PIPELINES}/${id}`);
    expect(json).toMatchObject({ pipeline_id: id, name: 'a', creator_user_name: 'ana@acme.example', run_as_user_name: 'x', state: 'IDLE' });
    expect(json.spec).toEqual({
      ...{ id, name: 'a', catalog: 'main', something_new: [1] },
      ...{ pipeline_type: 'WORKSPACE', data_sampling: false },
    });
    const hive = await ana.get(`${PIPELINES}/${await create({ name: 'hive' })}`);
    expect(hive.json.spec.storage).toBe(`dbfs:/pipelines/${hive.json.pipeline_id}`);
  });

  test('an edit replaces the spec, and needs the right to', async ({ ana, ben, create }) => {
    const id = await create({ name: 'b', tags: { a: '1' }, catalog: 'main' });
    expect(await ben.send('PUT', `${PIPELINES}/${id}`, { name: 'c' })).toMatchObject(refused(403, 'PERMISSION_DENIED', expect.any(String)));
    const grants = [
      { user_name: 'ana@acme.example', permission_level: 'IS_OWNER' },
      { user_name: 'ben@acme.example', permission_level: 'CAN_MANAGE' },
    ];
    expect((await ana.send('PUT', `/api/2.0/permissions/pipelines/${id}`, { access_control_list: grants })).status).toBe(200);
    expect((await ben.send('PUT', `${PIPELINES}/${id}`, { name: 'c', catalog: 'other' })).status).toBe(200);
    expect((await ana.get(`${PIPELINES}/${id}`)).json.spec).toMatchObject({ name: 'c', catalog: 'other' });
    expect((await ana.get(`${PIPELINES}/${id}`)).json.spec.tags).toBeUndefined();
  });

  test('a name that is taken, a pipeline that is gone, no owner and a level of other things are refused', async ({ ana, create }) => {
    const id = await create({ name: 'taken' });
    expect(await ana.post(PIPELINES, { name: 'taken' })).toMatchObject(
      refused(409, 'RESOURCE_CONFLICT', expect.stringContaining("'taken' is already used by another pipeline")),
    );
    expect((await ana.send('PUT', `${PIPELINES}/${id}`, { name: 'taken' })).status).toBe(200);
    const permissions = `/api/2.0/permissions/pipelines/${id}`;
    const grant = (level: string) => ({ access_control_list: [{ group_name: 'users', permission_level: level }] });
    expect(await ana.send('PUT', permissions, grant('CAN_VIEW'))).toMatchObject(
      refused(400, 'INVALID_PARAMETER_VALUE', 'The pipeline must have exactly one owner.'),
    );
    expect((await ana.send('PATCH', permissions, grant('CAN_READ'))).status).toBe(400);
    expect((await ana.send('PATCH', permissions, grant('CAN_RUN'))).status).toBe(200);
    expect((await ana.send('DELETE', `${PIPELINES}/${id}`)).status).toBe(200);
    expect(await ana.get(`${PIPELINES}/${id}`)).toMatchObject(
      refused(404, 'RESOURCE_DOES_NOT_EXIST', `The specified pipeline ${id} was not found.`),
    );
    expect((await ana.get('/api/2.0/permissions/pipelines/never')).status).toBe(404);
  });

  test('the list comes in pages, without specs, and can be filtered', async ({ ana, create }) => {
    for (let i = 0; i < 30; i++) await create({ name: `listed ${i}` });
    const filter = `filter=${encodeURIComponent("name LIKE 'Listed %'")}`;
    const first = (await ana.get(`${PIPELINES}?${filter}`)).json;
    expect(first.statuses).toHaveLength(25);
    expect(first.statuses[0].spec).toBeUndefined();
    const second = (await ana.get(`${PIPELINES}?${filter}&page_token=${first.next_page_token}`)).json;
    expect(second.statuses).toHaveLength(5);
    expect(second.next_page_token).toBeUndefined();
    expect((await ana.get(`${PIPELINES}?max_results=1000`)).json.statuses.length).toBeLessThanOrEqual(100);
  });
});

describe('dashboards', () => {
  const body = { display_name: 'Sales', parent_path: `/Workspace${HOME}`, serialized_dashboard: '{"pages":[{"name":"p"}]}' };

  test('a draft is kept, counted and published; trashed it makes room', async ({ ana, ben }) => {
    const made = (await ana.post(DASHBOARDS, body)).json;
    expect(made).toMatchObject({ parent_path: HOME, path: `${HOME}/Sales.lvdash.json`, lifecycle_state: 'ACTIVE', etag: '80611980' });
    expect(JSON.parse(made.serialized_dashboard)).toEqual({ pages: [{ name: 'p', pageType: 'PAGE_TYPE_CANVAS' }] });
    const one = `${DASHBOARDS}/${made.dashboard_id}`;
    expect(await ana.get(`${one}/published`)).toMatchObject(refused(404, 'RESOURCE_DOES_NOT_EXIST', expect.any(String)));
    expect((await ana.post(`${one}/published`, { embed_credentials: false, warehouse_id: 'w' })).status).toBe(200);
    const readers = { access_control_list: [{ user_name: 'ben@acme.example', permission_level: 'CAN_READ' }] };
    expect((await ana.send('PATCH', `/api/2.0/permissions/dashboards/${made.dashboard_id}`, readers)).status).toBe(200);
    expect((await ben.get(`${one}/published`)).json).toMatchObject({ display_name: 'Sales', embed_credentials: false, warehouse_id: 'w' });
    expect((await ben.send('PATCH', one, { warehouse_id: 'x' })).status).toBe(403);
    expect((await ana.send('PATCH', one, { warehouse_id: 'x' })).json).toMatchObject({ warehouse_id: 'x', etag: '80611981' });
    expect(await ana.post(DASHBOARDS, body)).toMatchObject(refused(409, 'ALREADY_EXISTS', expect.stringContaining('Sales.lvdash.json')));
    expect((await ana.send('DELETE', one)).status).toBe(200);
    expect((await ana.get(one)).json.lifecycle_state).toBe('TRASHED');
    expect((await ana.post(DASHBOARDS, body)).status).toBe(200);
  });

  test('its datasets get the place that the request says', async ({ ana }) => {
    const datasets = [{ name: 's', queryLines: ['SELECT 1'], catalog: 'main', schema: 'sales' }, { name: 't' }];
    const content = { ...body, display_name: 'Placed', serialized_dashboard: JSON.stringify({ datasets }) };
    const made = (await ana.post(`${DASHBOARDS}?dataset_schema=dev_ana`, content)).json;
    const [one, other] = JSON.parse(made.serialized_dashboard).datasets;
    expect([one, other]).toEqual([
      { ...datasets[0], schema: 'dev_ana' },
      { name: 't', schema: 'dev_ana' },
    ]);
  });

  test('a folder that is missing and content that is no JSON are refused', async ({ ana }) => {
    expect(await ana.post(DASHBOARDS, { ...body, parent_path: '/Shared/none' })).toMatchObject(
      refused(404, 'RESOURCE_DOES_NOT_EXIST', "Path (/Shared/none) doesn't exist."),
    );
    expect((await ana.post(DASHBOARDS, { ...body, display_name: 'Odd', serialized_dashboard: 'pages' })).status).toBe(400);
    expect((await ana.get(`${DASHBOARDS}/none`)).status).toBe(404);
  });
});

const LOOKUPS = ['alert', 'dashboard', 'notification_destination', 'query', 'service_principal'];
const LOOKING = {
  'databricks.yml': `bundle:\n  name: looking\n  engine: direct\nvariables:\n${LOOKUPS.map(
    (kind) => `  ${kind}:\n    lookup:\n      ${kind}: The ${kind}\n`,
  ).join('')}targets:\n  dev:\n    mode: development\n    default: true\n`,
};

describe.skipIf(CLI === undefined)('what the real CLI looks up by name', () => {
  test('is found, beyond the first page too, and what is missing is said', async ({ standIn, host }) => {
    const { alerts, destinations, olderDashboards, principals, queries } = standIn.workspace;
    const missing = await createBundleFolder(LOOKING).run(host, 'validate', '-o', 'json');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/failed to resolve [\w-]+: The \w+/);

    for (let i = 0; i < 300; i++) {
      queries.set(`q${i}`, { id: `q${i}`, display_name: i === 250 ? 'The query' : `query ${i}` });
      alerts.set(`a${i}`, { id: `a${i}`, display_name: i === 250 ? 'The alert' : `alert ${i}` });
      destinations.set(`n${i}`, { id: `n${i}`, display_name: i === 250 ? 'The notification_destination' : `destination ${i}` });
      olderDashboards.set(`d${i}`, { id: `d${i}`, name: i === 250 ? 'The dashboard' : `dashboard ${i}` });
      const displayName = i === 250 ? 'The service_principal' : `principal ${i}`;
      principals.set(`s${i}`, { id: String(i), applicationId: `s${i}`, displayName });
    }
    const found = await createBundleFolder(LOOKING).run(host, 'validate', '--strict', '-o', 'json');
    expect(found.code, found.stderr).toBe(0);
    const values = LOOKUPS.map((kind) => JSON.parse(found.stdout).variables[kind].value);
    expect(values).toEqual(['a250', 'd250', 'n250', 'q250', 's250']);
  }, 180_000);
});

// Pipelines and dashboards against the workspace stand-in, over real HTTP: what is read of them, and beyond the first page.
import { describe, expect } from 'vitest';
import { createApi } from '../../playground/databricks/api.ts';
import { databricksTest } from '../rig.ts';

const it = databricksTest({ seed: false }).extend('api', { scope: 'file' }, ({ rig }) =>
  createApi(rig.far.url, rig.far.tokenFor('ana@acme.example')),
);

describe('a dashboard', () => {
  it('comes with its folder and how it is published; unpublished without', async ({ rig, api }) => {
    const body = { display_name: 'Sales', warehouse_id: 'w', parent_path: '/Shared', serialized_dashboard: '{"pages":[]}' };
    const id = String((await api.post('/api/2.0/lakeview/dashboards', body)).json.dashboard_id);
    const read = { type: 'dashboards', id, name: 'Sales', warehouseId: 'w', serialized: '{"pages":[]}\n', parentPath: '/Shared' };
    expect(await rig.as().getDashboard(id)).toEqual(read);
    await api.post(`/api/2.0/lakeview/dashboards/${id}/published`, { embed_credentials: true });
    expect(await rig.as().getDashboard(id)).toEqual({ ...read, embedCredentials: true });
    await expect(rig.as().getDashboard('none')).rejects.toThrow(/no dashboard none that you can see/);
  });
});

describe('pipelines', () => {
  it('are found by a part of their name on any page, and read with who they run as', async ({ rig, api }) => {
    for (let i = 0; i < 120; i++) await api.post('/api/2.0/pipelines', { name: `tables ${i}`, catalog: 'main' });
    const [found] = await rig.as().listPipelines({ name: 'Tables 119' });
    expect(found).toMatchObject({ name: 'tables 119', creator: 'ana@acme.example', state: 'IDLE' });
    expect(await rig.as().getPipeline(found?.id ?? '')).toMatchObject({ runAs: 'ana@acme.example', spec: { catalog: 'main' } });
  });
});

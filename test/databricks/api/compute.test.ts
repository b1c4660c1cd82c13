// Clusters and SQL warehouses against the workspace stand-in, over real HTTP.
import { expect } from 'vitest';
import { databricksTest } from '../rig.ts';

const it = databricksTest({}, (rig) => {
  const { clusters, warehouses } = rig.far.workspace;
  clusters.set('0101-x', {
    cluster_id: '0101-x',
    cluster_name: 'Shared ETL',
    state: 'RUNNING',
    cluster_source: 'UI',
    spark_version: '15.4.x-scala2.12',
    num_workers: 3,
  });
  warehouses.set('aaaaaaaaaaaaaaaa', {
    id: 'aaaaaaaaaaaaaaaa',
    name: 'Small one',
    cluster_size: 'Small',
    state: 'STOPPED',
    enable_serverless_compute: true,
  });
});

it('reads a cluster with all its fields, and finds it by a part of its name', async ({ rig }) => {
  const ana = rig.as();
  expect(await ana.getCluster('0101-x')).toMatchObject({
    id: '0101-x',
    name: 'Shared ETL',
    state: 'RUNNING',
    body: { num_workers: 3, spark_version: '15.4.x-scala2.12' },
  });
  expect((await ana.listClusters({ name: 'shared e' })).map(({ id }) => id)).toEqual(['0101-x']);
  await expect(ana.getCluster('nope')).rejects.toThrow('There is no cluster nope that you can see');
});

it('lists warehouses', async ({ rig }) => {
  expect(await rig.as().listWarehouses()).toContainEqual({
    id: 'aaaaaaaaaaaaaaaa',
    name: 'Small one',
    size: 'Small',
    state: 'STOPPED',
    serverless: true,
  });
});

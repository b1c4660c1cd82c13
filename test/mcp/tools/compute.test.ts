// Clusters, SQL warehouses and storage through the tools: by id, name or address, paged, as data, without secrets.
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { toolsTest, use } from '../rig.ts';

const CLUSTER = '0215-101010-abc12xyz';
const SECRET = `dapi${'0123456789abcdef'.repeat(2)}`;

const it = toolsTest({
  cli: false,
  seed: ({ databricks }) => {
    const { clusters, warehouses, files } = databricks.workspace;
    clusters.set(CLUSTER, {
      cluster_id: CLUSTER,
      cluster_name: 'Night shift',
      cluster_source: 'UI',
      creator_user_name: 'ana@acme.example',
      state: 'TERMINATED',
      autotermination_minutes: 20,
      spark_version: '15.4.x-scala2.12',
      node_type_id: 'i3.xlarge',
      num_workers: 3,
      spark_conf: { 'spark.hadoop.token': SECRET },
      policy_id: 'E0631F5C0D0014F2',
      spark_context_id: 9_007_199_254_740_993n,
    });
    for (let n = 0; n < 60; n++) {
      const id = `f${String(n).padStart(15, '0')}`;
      warehouses.set(id, { id, name: `Team ${String(n).padStart(2, '0')}`, state: 'STOPPED', cluster_size: 'Small' });
    }
    for (const folder of ['/dbfs/jars', '/Volumes/main/raw/landing']) files.mkdirs(folder);
    const entry = { type: 'FILE' as const, read: () => new Uint8Array(5) };
    for (let n = 0; n < 120; n++) files.put(`/Volumes/main/raw/landing/part-${String(n).padStart(3, '0')}`, entry);
    files.put('/dbfs/jars/a\u200bb.jar', entry);
  },
});

describe('get_cluster', () => {
  it('answers YAML for new_cluster, by id, exact name or address, and says what it left out', async ({ rig, client }) => {
    for (const cluster of [
      CLUSTER,
      'Night shift',
      `${rig.databricks.url}/compute/clusters/${CLUSTER}?o=1`,
      `${rig.databricks.url}/?o=1#setting/clusters/${CLUSTER}/configuration`,
    ]) {
      const { text, isError } = await use(client, 'get_cluster', { cluster });
      expect(isError, text).toBe(false);
      expect(text).not.toContain(SECRET);
      const yaml = JSON.parse(text.split('\n').find((line) => line.startsWith('"')) ?? '""');
      expect(parse(yaml)).toEqual({
        new_cluster: {
          spark_version: '15.4.x-scala2.12',
          policy_id: 'E0631F5C0D0014F2',
          node_type_id: 'i3.xlarge',
          num_workers: 3,
          spark_conf: { 'spark.hadoop.token': expect.stringContaining('<secret') },
        },
      });
      expect(text).toContain('Left out autotermination_minutes');
      expect(text).toMatch(/only the server writes it: .*"spark_context_id"/);
      expect(text).toContain('Its policy may be');
    }
  });

  it.for([
    ['night', `give its id: ${CLUSTER} "Night shift"`],
    ['nothing like it', 'Ask for its id or address'],
    ['https://elsewhere.example/compute/clusters/0215-101010-abc12xyz', 'not of the workspace'],
    ['0215-101010-gone', 'There is no cluster 0215-101010-gone'],
  ] as const)('says what to do about %s', async ([cluster, words], { client }) => {
    const { text, isError } = await use(client, 'get_cluster', { cluster });
    expect(isError).toBe(true);
    expect(text).toContain(words);
  });
});

describe('list_warehouses', () => {
  it('lists a page at a time, and by a part of the name', async ({ client }) => {
    const first = await use(client, 'list_warehouses', { name: 'team' });
    expect(first.text).toContain('SQL warehouses (60)');
    expect(first.text).toContain('- warehouse_id "f000000000000049": "Team 49", "STOPPED", "Small"');
    expect(first.text).not.toContain('Team 50');
    expect(first.text).toContain('call again with from 50');
    expect((await use(client, 'list_warehouses', { name: 'team', from: 50 })).text).toContain('Team 59');
    expect((await use(client, 'list_warehouses', { name: 'FINAN' })).text).toContain('"Finance", "RUNNING", "Small", serverless');
    expect((await use(client, 'list_warehouses', { name: 'none such' })).text).toContain('No SQL warehouse');
  });
});

describe('list_dbfs_files', () => {
  it('lists a volume page by page', async ({ client }) => {
    const first = await use(client, 'list_dbfs_files', { path: '/Volumes/main/raw/landing' });
    expect(first.isError, first.text).toBe(false);
    expect(first.text).toMatch(/"part-099" \(5 bytes, \d{4}-\d\d-\d\dT\d\d:\d\d UTC\)/);
    expect(first.text).not.toContain('part-100');
    const after = JSON.parse(/call again with after (".*")\./.exec(first.text)?.[1] ?? '""');
    const second = await use(client, 'list_dbfs_files', { path: '/Volumes/main/raw/landing', after });
    expect(second.text).toContain('holds 20 on this page');
    expect(second.text).toContain('part-119');
    expect(second.text).not.toContain('More follows');
  });

  it('lists DBFS without invisible characters, and says what to do where there is nothing', async ({ client }) => {
    const found = await use(client, 'list_dbfs_files', { path: 'dbfs:/jars' });
    expect(found.text).toContain('- "ab.jar" (5 bytes');
    const none = await use(client, 'list_dbfs_files', { path: 'dbfs:/nowhere' });
    expect([none.isError, none.text]).toEqual([true, expect.stringContaining('Go up one folder')]);
    const wrong = await use(client, 'list_dbfs_files', { path: '/Workspace/Users/ana@acme.example' });
    expect([wrong.isError, wrong.text]).toEqual([true, expect.stringContaining('list_notebooks')]);
  });
});

// Clusters, warehouses, storage, queries and runs against the workspace stand-in, over real HTTP.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
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
afterEach(() => {
  rig.far.faults.clear();
  rig.forget();
});
afterAll(() => rig.far.close());

describe('compute', () => {
  it('reads a cluster with all its fields, and finds it by a part of its name', async () => {
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

  it('lists warehouses', async () => {
    expect(await rig.as().listWarehouses()).toContainEqual({
      id: 'aaaaaaaaaaaaaaaa',
      name: 'Small one',
      size: 'Small',
      state: 'STOPPED',
      serverless: true,
    });
  });
});

describe('storage', () => {
  it('lists DBFS under each way to write its paths', async () => {
    rig.file('/dbfs/tmp/in/a b.csv', '12345');
    rig.file('/dbfs/tmp/in/deep/c.csv', '1');
    const ana = rig.as();
    for (const path of ['dbfs:/tmp/in', '/dbfs/tmp/in/', '/tmp/in'])
      expect((await ana.listDataFiles(path))?.files).toMatchObject([
        { path: '/tmp/in/a b.csv', isFolder: false, size: 5 },
        { path: '/tmp/in/deep', isFolder: true },
      ]);
    expect(await ana.listDataFiles('dbfs:/nope')).toBeUndefined();
  });

  it('lists a Volume page by page, odd names among them', async () => {
    const folder = '/Volumes/main/raw/häl f#1%';
    for (let n = 0; n < 1201; n++) rig.file(`${folder}/${String(n).padStart(4, '0')}`);
    const ana = rig.as();
    const found: string[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const page = await ana.listDataFiles(`dbfs:${folder}`, next);
      found.push(...(page?.files ?? []).map(({ path }) => path));
      next = page?.next;
      pages++;
    } while (next !== undefined);
    expect([found.length, new Set(found).size, pages]).toEqual([1201, 1201, 13]);
    expect(found[7]).toBe(`${folder}/0007`);
    expect(await ana.listDataFiles('/Volumes/main/none')).toBeUndefined();
  });

  it('pages a large DBFS folder too', async () => {
    for (let n = 0; n < 101; n++) rig.file(`/dbfs/many/${String(n).padStart(4, '0')}`);
    const ana = rig.as();
    const first = await ana.listDataFiles('dbfs:/many');
    const second = await ana.listDataFiles('dbfs:/many', first?.next);
    expect([first?.files.length, second?.files.map(({ path }) => path), second?.next]).toEqual([100, ['/many/0100'], undefined]);
  });
});

describe('queries', () => {
  const query = (statement: string, rows = 10) => ({ warehouseId: 'aaaaaaaaaaaaaaaa', statement, rows });

  it('answers rows as text, as many as asked for', async () => {
    const answer = await rig.as().runQuery(query('SELECT country, orders FROM sales'));
    expect(answer).toMatchObject({ state: 'SUCCEEDED', columns: ['country', 'orders'], truncated: true });
    expect(answer.rows.slice(0, 2)).toEqual([
      ['Austria', '0'],
      ['Brazil', 'null'],
    ]);
    expect(answer.rows).toHaveLength(10);
  });

  it('waits for a warehouse that takes its time, and tells what failed', async () => {
    expect((await rig.as().runQuery(query('/* slow */ SELECT 1'))).state).toBe('SUCCEEDED');
    expect(await rig.as().runQuery(query('SELECT * FROM no_such_table'))).toMatchObject({
      state: 'FAILED',
      rows: [],
      error: expect.stringContaining('no_such_table'),
    });
    await expect(rig.as().runQuery({ ...query('SELECT 1'), warehouseId: 'nope' })).rejects.toThrow('no SQL warehouse nope');
  });

  it('is cancelled in the warehouse when a person stops it', async () => {
    rig.far.faults.on('GET /api/2.0/sql/statements/*', { hang: true });
    const stop = new AbortController();
    const work = rig.as().runQuery(query('/* slow */ SELECT 1'), stop.signal);
    await expect
      .poll(() => rig.far.requests.some(({ method, path }) => method === 'GET' && path.startsWith('/api/2.0/sql/statements/')))
      .toBe(true);
    stop.abort(new Error('stopped by a person'));
    await expect(work).rejects.toThrow('stopped by a person');
    await expect.poll(() => rig.far.requests.some(({ path, status }) => path.endsWith('/cancel') && status === 200)).toBe(true);
  });

  it('is sent once, even where the connection breaks', async () => {
    rig.far.faults.on('POST /api/2.0/sql/statements', { close: true });
    await expect(rig.as().runQuery(query('SELECT 1'))).rejects.toThrow('could not be reached');
    await sleep(500);
    expect(rig.far.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

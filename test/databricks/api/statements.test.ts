// Queries against the workspace stand-in, over real HTTP: waited for, cancelled, and never sent twice.
import { expect } from 'vitest';
import { createTestClock } from '../../values/test-clock.ts';
import { databricksTest } from '../rig.ts';

const clock = createTestClock();
const it = databricksTest({ clock }, (rig) => {
  rig.far.workspace.warehouses.set('aaaaaaaaaaaaaaaa', {
    id: 'aaaaaaaaaaaaaaaa',
    name: 'Small one',
    cluster_size: 'Small',
    state: 'STOPPED',
    enable_serverless_compute: true,
  });
});

const query = (statement: string, rows = 10) => ({ warehouseId: 'aaaaaaaaaaaaaaaa', statement, rows });

it('answers rows as text, as many as asked for', async ({ rig }) => {
  const answer = await rig.as().runQuery(query('SELECT country, orders FROM sales'));
  expect(answer).toMatchObject({ state: 'SUCCEEDED', columns: ['country', 'orders'], truncated: true });
  expect(answer.rows.slice(0, 2)).toEqual([
    ['Austria', '0'],
    ['Brazil', 'null'],
  ]);
  expect(answer.rows).toHaveLength(10);
});

it('waits for a warehouse that takes its time, and tells what failed', async ({ rig }) => {
  expect((await clock.turnUntil(rig.as().runQuery(query('/* slow */ SELECT 1')))).state).toBe('SUCCEEDED');
  expect(await rig.as().runQuery(query('SELECT * FROM no_such_table'))).toMatchObject({
    state: 'FAILED',
    rows: [],
    error: expect.stringContaining('no_such_table'),
  });
  await expect(rig.as().runQuery({ ...query('SELECT 1'), warehouseId: 'nope' })).rejects.toThrow('no SQL warehouse nope');
});

it('is cancelled in the warehouse when a person stops it', async ({ rig, faults }) => {
  const { struck } = faults.on('GET /api/2.0/sql/statements/*', { hang: true });
  const stop = new AbortController();
  const work = rig.as().runQuery(query('/* slow */ SELECT 1'), stop.signal);
  work.catch(() => undefined);
  await clock.turnUntil(struck);
  stop.abort(new Error('stopped by a person'));
  await expect(work).rejects.toThrow('stopped by a person');
  await expect.poll(() => rig.far.requests.some(({ path, status }) => path.endsWith('/cancel') && status === 200)).toBe(true);
});

it('is sent once, even where the connection breaks', async ({ rig, faults }) => {
  faults.on('POST /api/2.0/sql/statements', { close: true });
  await expect(rig.as().runQuery(query('SELECT 1'))).rejects.toThrow('could not be reached');
  expect(clock.waits()).toEqual([]);
  expect(rig.far.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

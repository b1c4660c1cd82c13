// A real PostgreSQL behind a line that can be cut: at any point of a start, and for a while under a running program.
import { afterAll, expect, it } from 'vitest';
import { openQueuedDatabase } from '../../../src/storage/db/open.ts';
import { isAway } from '../../../src/storage/db/wait-for-server.ts';
import { lineTo } from '../cuttable-line.ts';
import { quiet } from '../open-test-storage.ts';
import { findPostgres } from '../postgres-server.ts';

const postgres = await findPostgres();
const endings: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

it.skipIf('missing' in postgres)('starts over a line that breaks in the migrations and in the queue, and waits for it later', async () => {
  if ('missing' in postgres) throw new Error(postgres.missing);
  const server = await postgres.start();
  endings.push(server.stop);
  const cutAt = new Set(['create table if not exists schema_migrations', 'create table leases', 'pgboss.version']);
  const line = await lineTo(server.options.port, cutAt);
  endings.push(line.close);
  const reasons: string[] = [];
  const options = { postgres: { ...server.options, port: line.port }, onAway: (reason: string) => void reasons.push(reason) };
  const { db, boss, answers, close } = await openQueuedDatabase(options, quiet);
  endings.push(close);
  expect([...cutAt]).toEqual([]);
  expect(reasons.length).toBeGreaterThanOrEqual(3);
  await boss.createQueue('work');

  line.close();
  await expect.poll(answers).toBe(false);
  let isThere = false;
  const later = [db.query('select 1 as one'), db.transaction((tx) => tx.query('select 1 as one'))].map((one) =>
    one.finally(() => expect(isThere).toBe(true)),
  );
  await expect.poll(answers).toBe(false);
  isThere = true;
  await line.open();
  expect(await Promise.all(later)).toEqual([[{ one: 1 }], [{ one: 1 }]]);
  expect(await answers()).toBe(true);

  // What was sent may have been done: it is not sent again, and whoever asked can tell that the server was away.
  cutAt.add('select 2 as two');
  expect(isAway(await db.query('select 2 as two').catch((error: unknown) => error))).toBe(true);
  await close();
  await expect(db.query('select 1')).rejects.toThrow('CLOSED');
});

// Lakebase's passwords over a real PostgreSQL: fetched as the app itself, refused and fetched anew, for our own statements and the queue's.
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, expect, it } from 'vitest';
import { createDatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { openQueuedDatabase } from '../../../src/storage/db/open.ts';
import { quiet } from '../open-test-storage.ts';
import { APP_ROLE, findPostgres } from '../postgres-server.ts';

const postgres = await findPostgres();
const endings: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

it.skipIf('missing' in postgres)('goes on when the password has changed under it', async () => {
  if ('missing' in postgres) throw new Error(postgres.missing);
  const server = await postgres.start();
  endings.push(server.stop);
  const admin = new Client({ ...server.options, password: server.options.password ?? '' });
  await admin.connect();
  endings.push(() => admin.end());
  let password = '';
  const rotate = async () => {
    password = randomUUID();
    await admin.query(`alter role "${APP_ROLE}" password '${password}'`);
  };
  await rotate();
  /** Logged-in connections survive a new password: only who comes anew is asked. */
  const disconnectAll = () => admin.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [APP_ROLE]);

  const databricks = await createDatabricksStandIn();
  endings.push(databricks.close);
  const endpoint = 'projects/bot/branches/main/endpoints/primary';
  databricks.registerOAuthClient({ clientId: APP_ROLE, clientSecret: 'app-secret' });
  databricks.workspace.lakebase.set(endpoint, () => password);
  const asked = () => databricks.requests.filter(({ path }) => path.endsWith('/postgres/credentials')).length;

  const lakebase = { endpoint, host: databricks.url, clientId: APP_ROLE, clientSecret: 'app-secret' };
  const { db, boss, close } = await openQueuedDatabase({ postgres: { ...server.options, user: APP_ROLE, lakebase } }, quiet);
  endings.push(close);
  expect(asked()).toBe(1);
  await boss.createQueue('work');

  await rotate();
  await disconnectAll();
  // What was idle may break under the first statement; the next ones need a login, which is refused once.
  await expect.poll(() => db.query('select 1 as one').catch(() => undefined)).toEqual([{ one: 1 }]);
  expect(asked()).toBe(2);

  await rotate();
  await disconnectAll();
  await expect.poll(() => boss.send('work', {}).catch(() => undefined)).toBeTypeOf('string');
  expect(asked()).toBeGreaterThanOrEqual(3);
});

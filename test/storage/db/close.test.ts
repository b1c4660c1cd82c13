// Closing: a running job may end and write, its statements are waited for, and a second close is harmless.
import { expect, it } from 'vitest';
import { openTestStorage } from '../open-test-storage.ts';

it('waits for a running job and what it writes', async () => {
  const { db, boss, close } = await openTestStorage({ boss: true });
  await boss.createQueue('slow');
  const wrote: unknown[] = [];
  const started = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<void>();
  await boss.work('slow', { pollingIntervalSeconds: 0.5 }, async () => {
    started.resolve();
    await closing.promise;
    const insert = 'insert into inbox (id, kind, payload) values ($1, $2, $3::jsonb) returning id';
    wrote.push(...(await db.query(insert, ['e1', 'event', '{}'])));
  });
  await boss.send('slow', {});
  await started.promise;
  const closed = Promise.all([close(), close()]);
  closing.resolve();
  await closed;
  expect(wrote).toEqual([{ id: 'e1' }]);
  await expect(db.query('select 1 as one')).rejects.toThrow();
});

it('ends what was never used, and makes each test’s database anew', async () => {
  await (await openTestStorage()).close();
  const [one, two] = [await openTestStorage(), await openTestStorage()];
  await one.db.query("insert into inbox (id, kind, payload) values ('e1', 'event', '{}')");
  expect(await two.db.query('select id from inbox')).toEqual([]);
  await Promise.all([one.close(), two.close()]);
  await expect(one.db.query('select 1 as one')).rejects.toThrow();
});

// Closing: a running job may end and write, its statements are waited for, and a second close is harmless.
import { expect, it } from 'vitest';
import { openTestStorage } from '../open-test-storage.ts';

it('waits for a running job and what it writes', async () => {
  const { db, boss, close } = await openTestStorage({ boss: true });
  await boss.createQueue('slow');
  const wrote: unknown[] = [];
  const started = new Promise<void>((resolve) => {
    void boss.work('slow', { pollingIntervalSeconds: 0.5 }, async () => {
      resolve();
      await new Promise((done) => setTimeout(done, 300));
      wrote.push(
        ...(await db.query('insert into inbox (id, kind, payload) values ($1, $2, $3::jsonb) returning id', ['e1', 'event', '{}'])),
      );
    });
  });
  await boss.send('slow', {});
  await started;
  await Promise.all([close(), close()]);
  expect(wrote).toEqual([{ id: 'e1' }]);
  await expect(db.query('select 1 as one')).rejects.toThrow();
});

it('opens in well under a second once the dump is there', async () => {
  await (await openTestStorage()).close();
  const start = performance.now();
  const storage = await openTestStorage();
  // Usually 0.45 s; the limit leaves room for a busy machine.
  expect(performance.now() - start).toBeLessThan(3000);
  expect(await storage.db.query('select count(*)::int4 as n from conversations')).toEqual([{ n: 0 }]);
  await storage.close();
});

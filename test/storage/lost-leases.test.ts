// What a process says in its log of a lease that another has taken over, however it finds out.
import { expect, onTestFinished, test } from 'vitest';
import { createLeases } from '../../src/storage/db/leases.ts';
import { LeaseLostError } from '../../src/values/errors.ts';
import { createLogger } from '../../src/values/log.ts';
import { openTestStorage, quiet } from './open-test-storage.ts';

/** No beat ever comes, and no answer is late. */
const STANDING = { now: () => 0, deadline: () => () => undefined };

test('it is said once where a statement finds out before a beat does', async () => {
  const storage = await openTestStorage();
  onTestFinished(storage.close);
  const said: string[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line) => void said.push(JSON.parse(line).msg) } });
  const late = createLeases(storage.db, { lengthMs: 1, clock: STANDING, log });
  const taker = createLeases(storage.db, { lengthMs: 60_000, clock: STANDING, log: quiet });
  const work = late.hold('one', async () => {
    await taker.hold('one', async () => {
      for (let tries = 0; tries < 2; tries++)
        await expect(late.db.query("delete from leases where key = 'none'")).rejects.toBeInstanceOf(LeaseLostError);
    });
    await late.db.query("delete from leases where key = 'none'");
  });
  await expect(work).rejects.toBeInstanceOf(LeaseLostError);
  expect(said).toEqual(['Another process has taken over what this one worked on']);
});

// Tests over a database with its queue, which the tests of a file share.
import { test } from 'vitest';
import { createLeases } from '../../src/storage/db/leases.ts';
import { systemClock } from '../../src/values/clock.ts';
import { openTestStorage, quiet } from '../storage/open-test-storage.ts';

/** The queue itself looks for dead workers once an hour: what a test sees happen, somebody else has done. */
const HOURLY = { superviseIntervalSeconds: 3600, monitorIntervalSeconds: 3600 };

/** Milliseconds: nobody dies in a test without it being said. */
const FOR_LONG = 120_000;

export const queuedTest = test.extend('storage', { scope: 'file' }, async ({}, { onCleanup }) => {
  const storage = await openTestStorage({ boss: HOURLY });
  onCleanup(() => storage.close());
  return {
    ...storage,
    log: quiet,
    clock: systemClock,
    leases: createLeases(storage.db, { lengthMs: FOR_LONG, clock: systemClock, log: quiet }),
  };
});

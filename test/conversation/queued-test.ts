// Tests over a database with its queue, which the tests of a file share.
import { test } from 'vitest';
import { openTestStorage } from '../storage/open-test-storage.ts';

/** The queue itself looks for dead workers once an hour: what a test sees happen, somebody else has done. */
const HOURLY = { superviseIntervalSeconds: 3600, monitorIntervalSeconds: 3600 };

export const queuedTest = test.extend('storage', { scope: 'file' }, async ({}, { onCleanup }) => {
  const storage = await openTestStorage({ boss: HOURLY });
  onCleanup(() => storage.close());
  return storage;
});

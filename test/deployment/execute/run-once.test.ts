// How an approved write ended is stored as soon as the database takes it; what it will never take is left to the next try.
import { expect, test } from 'vitest';
import { runOnce } from '../../../src/deployment/execute/run-once.ts';
import { postgresError } from '../../../src/storage/db/transactions.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { log } from '../rig.ts';

/** How often the end was stored, where the database answers the first times with these SQLSTATEs. */
async function ending(...refusals: string[]) {
  const clock = createTestClock();
  let stored = 0;
  const finish = async () => {
    stored += 1;
    const code = refusals[stored - 1];
    if (code !== undefined) throw postgresError('update proposals', Object.assign(new Error('refused'), { code }));
  };
  const as = { failed: () => expect.fail(), broke: () => expect.fail(), onProgress: () => undefined, clock, log };
  const ended = runOnce({ finish }, 'p1', async () => ({ state: 'done' as const }), as);
  const result = await clock.turnUntil(ended.catch((error: unknown) => error));
  return { result, stored, waits: clock.waits() };
}

test('an end that can’t be stored for a moment is stored then', async () => {
  expect(await ending('57P01', '40001')).toMatchObject({ result: { state: 'done' }, stored: 3, waits: [] });
});

test('an end that would be refused each time is not tried again', async () => {
  expect(await ending('22P05', '22P05')).toMatchObject({ result: { failure: { code: '22P05' } }, stored: 1, waits: [] });
});

// Patience with a far side: how long it lasts, alone and side by side.
import { expect, test } from 'vitest';
import { createPatience } from '../../src/values/patience.ts';
import { createTestClock } from './test-clock.ts';

const down = () => ({ title: 'It is down.' });

/** Work that fails so many times before it is done. */
function failing(times: number): () => Promise<string> {
  let tries = 0;
  return async () => (tries++ < times ? Promise.reject(new Error('down')) : 'done');
}

test('lasts for a minute or two, and for all that one person waits for', async () => {
  const clock = createTestClock();
  const began = clock.now();
  const seen: string[] = [];
  const patience = createPatience({ of: 'Databricks', clock, onWait: (title, status) => seen.push(`${status}: ${title}`) });
  await expect(clock.turnUntil(patience.tryOn(failing(100), down))).rejects.toThrow('down');
  expect(clock.now() - began).toBe(73_300);
  expect(seen).toEqual(['in_progress: It is down. I wait and try again', 'error: Databricks did not answer']);
  // What comes after that has a little of it left.
  await expect(clock.turnUntil(patience.tryOn(failing(100), down))).rejects.toThrow('down');
  expect(clock.now() - began).toBeLessThan(90_000);
});

test('is shared by work side by side, whose pauses count once', async () => {
  const clock = createTestClock();
  const began = clock.now();
  const patience = createPatience({ of: 'Databricks', clock, onWait: () => undefined });
  const soon = () => ({ title: 'It is down.', mostMs: 10_000 });
  const all = Promise.all(Array.from({ length: 60 }, () => patience.tryOn(failing(3), soon)));
  expect(new Set(await clock.turnUntil(all))).toEqual(new Set(['done']));
  expect(clock.now() - began).toBe(3_300);
});

test('is one quick second try where nobody sees it', async () => {
  const clock = createTestClock();
  const patience = createPatience({ of: 'Databricks', clock });
  expect(await clock.turnUntil(patience.tryOn(failing(1), down))).toBe('done');
  await expect(clock.turnUntil(patience.tryOn(failing(2), down))).rejects.toThrow('down');
});

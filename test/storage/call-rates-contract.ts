// The contract of booked calls: however many processes book at the same moment, each call has its own place.
import { expect } from 'vitest';
import { createCallRates } from '../../src/storage/slack/call-rates.ts';
import type { storageTest } from './contract.ts';

const NOW = Date.UTC(2030, 0, 1);
const RATE = { calls: 8, perMs: 8000 };

export function describeCallRates(it: ReturnType<typeof storageTest>): void {
  it('gives each of many that book at once a place of its own', async ({ db }) => {
    const rates = createCallRates(db);
    const times = await Promise.all(Array.from({ length: 200 }, () => rates.book('busy', RATE, NOW)));
    expect(times.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => NOW + Math.floor(index / 8) * 8000));
  });

  it('gives of many that take at once only so many one, and others when time has gone by', async ({ db }) => {
    const rates = createCallRates(db);
    const taken = async (now: number, kept: number) =>
      (await Promise.all(Array.from({ length: 20 }, () => rates.take('taken', RATE, now, kept)))).filter(Boolean).length;
    expect([await taken(NOW, 3), await taken(NOW, 3), await taken(NOW, 0), await taken(NOW, 0)]).toEqual([5, 0, 3, 0]);
    expect([await taken(NOW + 7999, 0), await taken(NOW + 8000, 0)]).toEqual([0, 8]);
  });

  it('gives none before the time for which Slack has put them off', async ({ db }) => {
    const rates = createCallRates(db);
    await rates.putOff('put off', RATE, NOW + 30_000);
    expect(await rates.take('put off', RATE, NOW + 29_999, 0)).toBe(false);
    expect(await rates.book('put off', RATE, NOW)).toBe(NOW + 30_000);
  });
}

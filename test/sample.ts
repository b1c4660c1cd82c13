// Sweeps (*.sweep.test.ts) go over hundreds of cases: `npm test` runs a sample that a seed chooses, `npm run test:all` all of them.
import { createHash } from 'node:crypto';

/** `npm run test:all` sets it to 1. */
export const WHOLE = process.env.TEST_ALL !== undefined;
/** `TEST_ALL=every`: also those that take an hour. */
export const EVERY = process.env.TEST_ALL === 'every';
/** The same in every run unless somebody sets another, so that ten green runs say something. */
export const SEED = Number(process.env.TEST_SEED ?? 1);

/** Some of the items, in their order; all of them where sweeps are whole. */
export function sampleOf<T>(items: readonly T[], count: number): readonly T[] {
  if (WHOLE) return items;
  const rank = (index: number) => createHash('sha256').update(`${SEED} ${index}`).digest('hex');
  const chosen = new Set(
    items
      .map((_item, index) => ({ index, rank: rank(index) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, count)
      .map(({ index }) => index),
  );
  return items.filter((_item, index) => chosen.has(index));
}

// Many texts are found at once: the first, the longest of those that begin there, and none within another.
import { expect, it } from 'vitest';
import { createFinder } from '../../src/values/find-texts.ts';
import { fc } from '../fast-check.ts';

it('finds the longest where several begin, and nothing within it', () => {
  const { find } = createFinder(['password', 'password12', 'word12345', 'short']);
  const text = 'password12345 password short';
  expect(find(text)).toEqual([
    { start: 0, end: 10, value: 'password12' },
    { start: 14, end: 22, value: 'password' },
  ]);
  // Where the longer one is not taken, the shorter one is.
  expect(find(text, (_start, end) => end !== 10)[0]).toEqual({ start: 0, end: 8, value: 'password' });
});

it('finds what a regular expression of them all finds', () => {
  const word = fc.stringMatching(/^[ab]{8,30}$/);
  // Of whole values and of their beginnings.
  const pieces = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 30 })), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), pieces, fc.stringMatching(/^[ab]{0,200}$/), (values, parts, rest) => {
      const text = parts.map(([one, length]) => values[one % values.length]?.slice(0, length)).join('') + rest;
      const pattern = new RegExp(values.toSorted((a, b) => b.length - a.length).join('|'), 'g');
      const found = createFinder(values).find(text);
      expect(found).toEqual([...text.matchAll(pattern)].map(({ 0: value, index: start }) => ({ start, end: start + value.length, value })));
    }),
  );
});

it('looks at a place once, however many values of however many lengths begin as it does', () => {
  const begins = 'Zq8vT4mK';
  const { find } = createFinder(Array.from({ length: 3000 }, (_, more) => `${begins}${'x'.repeat(more)}Q7`));
  // With a look for each of the lengths it takes many minutes, more than a test may.
  expect(find(begins.repeat(100_000))).toEqual([]);
});

// What the log cuts out of its lines by shape: tokens, wherever they stand, and nothing beside them.
import { expect, test } from 'vitest';
import { scrub } from '../../src/values/log.ts';
import { fc } from '../fast-check.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9abc.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

test.each([
  [`token ${JWT}.`, 'token [secret].'],
  [`a.b.${JWT}.c and x-${JWT}`, 'a.b.[secret].c and x-[secret]'],
  [`${JWT}.${JWT}`, '[secret].[secret]'],
  [`Bearer ${JWT}`, 'Bearer [secret]'],
  ['eyes.of.java and ey-short.a.b', 'eyes.of.java and ey-short.a.b'],
  ['xoxb-1-a, dapi0123456789abcdef01, sk-ant-x', '[secret], [secret], [secret]'],
])('%j is logged as %j', (said, logged) => {
  expect(scrub(said)).toBe(logged);
});

/** The same in one pattern, which takes minutes for a long text full of beginnings. */
const SLOW =
  /\b(xox[abeprs]-[\w-]+|xapp-[\w-]+|dapi[0-9a-f]{16,}[\w-]*|dose[0-9a-f]{16,}|sk-ant-[\w-]+|ey[\w-]{16,}\.[\w-]+\.[\w-]+)|(?<=Bearer )[\w.~+/=-]+/g;

test('web tokens are found as one pattern finds them', () => {
  const part = fc.constantFrom('ey', 'ey-', 'aaaaaaaaaaaaaaaa', '.', '..', '-', ' ', 'a', '/', JWT, 'é', '"');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      expect(scrub(parts.join(''))).toBe(parts.join('').replace(SLOW, '[secret]'));
    }),
    { numRuns: 3000 },
  );
});

test.each(['ey-', 'ey', '.ey-', 'a.', '-', 'ey-aaaaaaaaaaaaaaaa.', 'Bearer ', 'xoxb'])('%j without end comes to an end', (part) => {
  expect(scrub(`a.b.${part.repeat(100_000)}!`).length).toBeGreaterThan(0);
});

// A long answer in parts: each of them fits into a message beside what goes with it, and nothing of any text is left out.
import { expect, test } from 'vitest';
import { renderReply } from '../../../src/slack/views/reply.ts';
import { splitReply } from '../../../src/slack/views/split-reply.ts';
import { fc } from '../../fast-check.ts';

/** Of a character that is two in JavaScript. */
const HALF = /\p{Cs}/u;
const change = { path: 'a.yml', kind: 'changed' as const, lines: Array.from({ length: 60 }, () => '+'.repeat(200)) };
const split = (text: string) => splitReply({ kind: 'reply', to: 'U_ANA', text, changes: [change] });

test('a short answer is one part', () => {
  expect(splitReply({ kind: 'reply', to: 'U_ANA', text: 'Done.' })).toEqual([{ kind: 'reply', to: 'U_ANA', text: 'Done.' }]);
  expect(splitReply({ kind: 'reply', to: 'U_ANA', text: '' })).toHaveLength(1);
  const later = { threadTs: '1.1' };
  const parts = splitReply({ kind: 'reply', to: 'U_ANA', text: 'words '.repeat(3000), later });
  expect(parts.map((part) => part.later)).toEqual([...parts.slice(1).map(() => undefined), later]);
});

test('it is cut where a reader would pause', () => {
  const paragraph = `${'word '.repeat(300).trim()}.`;
  const parts = split(Array.from({ length: 20 }, () => paragraph).join('\n\n')).filter(({ text }) => text !== '');
  for (const { text } of parts) expect(text.trim().endsWith('.')).toBe(true);
});

test('whatever the text, nothing is left out and each part fits', () => {
  const pieces = fc.constantFrom('word ', '\n', '\n\n', '```\n', '~~~~\n', '`'.repeat(30), '😀', '@here ', 'x'.repeat(900), '    ');
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (some, times) => {
      const text = some.join('').repeat(times).slice(0, 60_000).replace(HALF, '');
      const parts = split(text);
      const bare = (of: string) => of.replace(/[`~\s]/g, '');
      expect(bare(parts.map((part) => part.text).join(''))).toBe(bare(text));
      for (const part of parts) {
        expect(part.text).not.toMatch(HALF);
        const shown = renderReply(part).blocks.flatMap((block) => (block.type === 'markdown' ? [block.text] : []));
        expect(shown.join('').length).toBeLessThanOrEqual(12_000);
        expect(shown.some((words) => words.endsWith('…'))).toBe(false);
      }
    }),
    { numRuns: 60 },
  );
});

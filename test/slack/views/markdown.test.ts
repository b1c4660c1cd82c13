// An answer's Markdown shows where links lead, and its notification reads as it does: without marks, and with every name as it is.
import { expect, test } from 'vitest';
import { plainText, safeMarkdown } from '../../../src/slack/views/markdown.ts';
import { renderReply } from '../../../src/slack/views/reply.ts';
import { fc } from '../../fast-check.ts';

test.each([
  ['I changed resources/daily_revenue.job.yml.', 'I changed resources/daily_revenue.job.yml.'],
  ['The job **daily_revenue** is _paused_ now, *not* deleted.', 'The job daily_revenue is paused now, not deleted.'],
  ['__Look__: `src/__init__.py` and `load_*.py`', 'Look: src/__init__.py and load_*.py'],
  ['_the file daily_revenue.job.yml_, **_both_**', 'the file daily_revenue.job.yml, both'],
  ['daily_revenue and hourly_revenue, _private and 2 * 3 * 4', 'daily_revenue and hourly_revenue, _private and 2 * 3 * 4'],
  ['## Done\n\n> quoted_text\n- one #1\n```yaml\nmax_retries: 3\n```\n', 'Done quoted_text - one #1 max_retries: 3'],
  ['überlauf_größe _ja_', 'überlauf_größe ja'],
  ['<@U666> & <!channel>', '&lt;@U666&gt; &amp; &lt;!channel&gt;'],
  ['R&D: x < y', 'R&amp;D: x &lt; y'],
  ['*', '*'],
  ['', ''],
])('%j reads %j', (markdown, plain) => {
  expect(plainText(markdown)).toBe(plain);
});

test('it is what the notification of an answer says', () => {
  const { text } = renderReply({ to: 'U_ANA', text: 'I changed *one* setting in `resources/daily_revenue.job.yml`.' });
  expect(text).toBe('<@U_ANA> I changed one setting in resources/daily_revenue.job.yml.');
});

test.each(['*a', '_a', ' _', '**', '`', '`a', '> ', '# ', '*a _b '])('%j without end comes to an end', (mark) => {
  expect(plainText(mark.repeat(20_000)).length).toBeLessThanOrEqual(5 * 20_000 * mark.length);
});

test.each([
  [
    '[the job](https://x.example/jobs/1 "a title") and ![picture]( <https://x.example/a.png>)',
    'the job (https://x.example/jobs/1) and picture (https://x.example/a.png)',
  ],
  ['[a \\] b](x) [c](y', 'a \\] b (x) [c](y'],
  ['[a [b](x) ](y)', 'a [b (x) ](y)'],
  [
    '<https://x.example|safe> <mailto:a@x.example|b|c> <https://x.example>',
    'safe (https://x.example) b|c (mailto:a@x.example) <https://x.example>',
  ],
  ['See [it].\n  [it]: https://x.example "t"\nEnd', 'See [it].\n\nEnd'],
  ['a [it]: is no definition', 'a [it]: is no definition'],
])('%j is shown as %j', (markdown, shown) => {
  expect(safeMarkdown(markdown)).toBe(shown);
});

/** What it does, in patterns that read more easily, and take minutes for a long text full of beginnings. */
function slowly(text: string): string {
  return text
    .replace(/<([a-z][\w+.-]*:[^|>]+)\|([^>]*)>/gi, '$2 ($1)')
    .replace(/!?\[((?:\\[\s\S]|[^\]\\])*)\]\(\s*<?([^)\s>]+)>?[^)]*\)/g, '$1 ($2)')
    .replace(/^[^\S\n\r\u2028\u2029]*\[[^\]]+\]:\s*\S.*/gm, '')
    .replace(/<(?=[!@#])/g, '‹')
    .replace(/@(channel|here|everyone)\b/g, '@\u200b$1');
}

test('what is shown of any Markdown is what slower patterns show', () => {
  const part = fc.oneof(
    fc.constantFrom('[', ']', '](', ')', '(', '!', '<', '>', '|', ':', ']: ', '\\', '\n', ' ', '\r', '"', '<http:', '@here', '<!here', 'a'),
    fc.string({ maxLength: 3 }),
  );
  const text = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (markdown) => {
      expect(safeMarkdown(markdown)).toBe(slowly(markdown));
    }),
    { numRuns: 3000 },
  );
});

test.each(['[a](', '[', '[]( ', '![\\](', '<a:', '<a:|', '\n', '\r[', '[a]:', '[\n', '@here', '](x', '\\'])(
  '%j without end is shown at once',
  (part) => {
    expect(safeMarkdown(part.repeat(50_000)).length).toBeLessThanOrEqual(2 * 50_000 * part.length);
  },
);

test('an answer that is too long for a message is cut before it is worked on', () => {
  const { blocks, text } = renderReply({ to: 'U_ANA', text: 'word '.repeat(20_000) });
  expect(text.length).toBeLessThanOrEqual(3000);
  expect(blocks.flatMap((block) => (block.type === 'markdown' ? [block.text.length] : []))).toEqual([expect.closeTo(11_900, -3)]);
});

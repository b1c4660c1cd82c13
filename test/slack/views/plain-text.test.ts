// A notification reads as the answer does: without Markdown's marks, and with every name as it is.
import { expect, test } from 'vitest';
import { plainText } from '../../../src/slack/views/plain-text.ts';
import { renderReply } from '../../../src/slack/views/reply.ts';

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

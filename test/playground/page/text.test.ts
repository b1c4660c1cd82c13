// The page draws Slack's two markups as people know them, and nothing a message holds ever becomes markup or script of the page.
import { expect } from 'vitest';
import { browserTest, CHROMIUM, openPage } from './browser.ts';
import { bot, serveCanned, ts } from './canned.ts';

const EVIL = '<img src=x onerror=alert(1)><script>alert(2)</script>"><svg onload=alert(3)>';
const LINKS = '[click](javascript:alert(4)) <javascript:alert(5)|here> [data](data:text/html,<b>x</b>)';

const test = browserTest
  .extend('canned', { scope: 'file' }, async ({}, { onCleanup }) => {
    const canned = await serveCanned();
    onCleanup(() => canned.close());
    return canned;
  })
  .extend('opened', { scope: 'file' }, ({ browser, canned }) => openPage(browser, canned.url))
  /** The inner markup of a message's content, from the page's own elements only. */
  .extend('drawn', ({ canned, opened: { page } }) => async (text: string, type: 'mrkdwn' | 'markdown') => {
    const block = type === 'markdown' ? { type, text } : { type: 'section', text: { type, text } };
    const message = bot({ blocks: [block] });
    canned.put(message);
    return await page.locator(`[data-ts="${message.ts}"] ${type === 'markdown' ? '.markdown' : '.section-body .text'}`).innerHTML();
  })
  .skipIf(CHROMIUM === undefined);

const plain = (text: string) => ({ type: 'plain_text', text });

test('markup and script in any part of a message stay words', async ({ canned, opened: { page, problems } }) => {
  const text = `${EVIL} ${LINKS}`;
  canned.put({ channel: 'C_DATA', ts: ts(), user: 'U_BEN', userName: EVIL, isBot: false, text });
  const task = { id: EVIL, title: EVIL, status: 'in_progress' as const, details: text, output: text };
  canned.put(bot({ stream: { live: true, displayMode: 'plan', chunks: { planTitle: EVIL, tasks: [task], text } } }));
  canned.put(
    bot({
      files: [{ id: '../../x', name: `${EVIL}.zip`, size: 1 }],
      reactions: [{ name: EVIL, users: ['U_ANA'] }],
      blocks: [
        { type: 'header', text: plain(EVIL) },
        {
          type: 'section',
          text: { type: 'mrkdwn', text },
          fields: [plain(EVIL)],
          accessory: { type: 'button', action_id: 'a', text: plain(EVIL), url: 'javascript:alert(6)' },
        },
        {
          type: 'context',
          elements: [
            { type: 'mrkdwn', text },
            { type: 'image', alt_text: EVIL, image_url: 'https://outside.test/x.png' },
          ],
        },
        {
          type: 'markdown',
          text: `# ${EVIL}\n\n- ${text}\n\n| ${EVIL} |\n|---|\n| ${text} |\n\n\`\`\`\n${EVIL}\n\`\`\`\n![x](https://outside.test/y.png)`,
        },
        { type: 'image', image_url: 'https://outside.test/z.png', alt_text: EVIL },
        {
          type: 'plan',
          title: EVIL,
          tasks: [
            {
              type: 'task_card',
              task_id: 'x',
              title: EVIL,
              status: EVIL,
              sources: [{ type: 'url', url: 'javascript:alert(7)', text: 'source' }],
            },
          ],
        },
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url: 'javascript:alert(8)', text: EVIL }] }],
        },
        { type: 'table', rows: [[{ type: 'raw_text', text: EVIL }]] },
        { type: EVIL },
      ],
    }),
  );
  await page.locator('.message').nth(2).waitFor();
  const inside = page.locator('#messages');
  expect(await inside.locator('img, script, iframe, svg[onload], [onerror]').count()).toBe(0);
  const addresses = await inside.locator('[href]').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
  expect(addresses.filter((one) => !/^(https:\/\/outside\.test\/|\/page\/file\/\.\.%2F\.\.%2Fx\/)/.test(one))).toEqual([]);
  expect(await inside.textContent()).toContain('<script>alert(2)</script>');
  expect(await inside.locator('.unknown-block').textContent()).toContain('does not draw blocks');
  expect(problems).toEqual([]);
});

test.for<[string, string]>([
  ['*b* _i_ ~s~ `a*b*c`', '<strong>b</strong> <em>i</em> <s>s</s> <code>a*b*c</code>'],
  ['snake_case_name 2*3*4', 'snake_case_name 2*3*4'],
  ['a &lt;b&gt; &amp; c', 'a &lt;b&gt; &amp; c'],
  ['<@U_ANA> and <@U_BEN>', '<span class="mention mention-me">@ana</span> and <span class="mention">@ben</span>'],
  ['<https://a.test/?x=1&amp;y=2|*words*>', '<a href="https://a.test/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">*words*</a>'],
  ['before\n&gt; one\n&gt; two\nafter', 'before<blockquote>one\ntwo</blockquote>after'],
  ['```\nx *y*\n```done', '<pre><code>x *y*</code></pre>done'],
  [':rocket: :nothing_like_it:', '🚀 :nothing_like_it:'],
])('mrkdwn %j', async ([text, html], { drawn }) => {
  expect(await drawn(text, 'mrkdwn')).toBe(html);
});

test.for<[string, string]>([
  ['# T\n**b** *i* ~~s~~ `c`', '<h3>T</h3><p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>'],
  ['- a\n  - b\n- c', '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>'],
  ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
  ['> q\n> - x', '<blockquote><p>q</p><ul><li>x</li></ul></blockquote>'],
  ['keep_this_name and \\*that\\*', '<p>keep_this_name and *that*</p>'],
  ['```yaml\na: *b*', '<pre data-language="yaml" tabindex="0"><code>a: *b*</code></pre>'],
  [
    '[w](https://a.test/b) <@U_BEN>',
    '<p><a href="https://a.test/b" target="_blank" rel="noopener noreferrer">w</a> <span class="mention">@ben</span></p>',
  ],
  [
    '| a | b |\n|:-|-:|\n| `x\\|y` | **2** |',
    '<div class="table-box" tabindex="0"><table><thead><tr><th class="align-left">a</th><th class="align-right">b</th></tr></thead><tbody><tr><td class="align-left"><code>x|y</code></td><td class="align-right"><strong>2</strong></td></tr></tbody></table></div>',
  ],
])('Markdown %j', async ([text, html], { drawn }) => {
  expect(await drawn(text, 'markdown')).toBe(html);
});

// What a person does on the page and what the page does by itself, against canned answers.
import { expect } from 'vitest';
import type { Message, View } from '../../../src/playground/slack/protocol/page-api.ts';
import { browserTest, bytesOf, CHROMIUM, openPage } from './browser.ts';
import { bot, serveCanned, ts } from './canned.ts';

const plain = (text: string) => ({ type: 'plain_text', text });

const it = browserTest
  .extend('canned', async ({}, { onCleanup }) => {
    const canned = await serveCanned();
    onCleanup(() => canned.close());
    return canned;
  })
  .extend('opened', async ({ browser, canned }, { onCleanup }) => {
    const opened = await openPage(browser, canned.url);
    onCleanup(() => opened.page.close());
    await expect.poll(() => canned.isLive()).toBe(true);
    return opened;
  })
  .extend('page', ({ opened }) => opened.page)
  .extend('problems', ({ opened }) => opened.problems)
  .extend('box', ({ page }) => page.getByRole('textbox', { name: /^Message #/ }))
  /** The last of so many posts. */
  .extend('posted', ({ canned }) => async (count: number) => {
    await expect.poll(() => canned.posts.length).toBe(count);
    return canned.posts.at(-1);
  })
  .skipIf(CHROMIUM === undefined);

it('Enter sends, Shift+Enter breaks the line, "/" shows the commands, the hints fill the box', async ({ page, canned, box, posted }) => {
  await page.getByRole('button', { name: '/dab jobs churn' }).click();
  expect(await box.inputValue()).toBe('/dab jobs churn');
  await box.press('Enter');
  expect(await posted(1)).toEqual({ path: '/page/message', body: { as: 'U_ANA', channel: 'C_DATA', text: '/dab jobs churn' } });
  await expect.poll(() => box.inputValue()).toBe('');

  await box.pressSequentially('/');
  await page.getByRole('option', { name: /\/dab help/ }).waitFor();
  await box.press('ArrowDown');
  await box.press('Enter');
  expect(await box.inputValue()).toBe('/dab job ');
  expect(canned.posts.length).toBe(1);

  await box.fill('one');
  await box.press('Shift+Enter');
  await box.pressSequentially('two');
  await box.press('Enter');
  expect((await posted(2))?.body.text).toBe('one\ntwo');
});

it('a refused message stays in the box, with the words why', async ({ page, canned, posted }) => {
  canned.put(bot({ text: 'root' }));
  await page.locator('.message').hover();
  await page.getByRole('button', { name: 'Reply in thread' }).click();
  const reply = page.getByRole('textbox', { name: 'Reply…' });
  canned.refuse = '/dab is not supported in threads. Sorry!';
  await reply.fill('/dab job 123');
  await reply.press('Enter');
  await page.getByText('/dab is not supported in threads. Sorry!').waitFor();
  expect(await reply.inputValue()).toBe('/dab job 123');
  expect((await posted(1))?.body.threadTs).toBe(canned.messages[0]?.ts);
});

it("a person's own command opens its thread, and the steps move in place", async ({ page, canned, problems }) => {
  const root = bot({ text: '<@U_ANA> asked for a bundle of job 123' });
  canned.put(root);
  const task = (id: string, status: 'pending' | 'in_progress' | 'complete' | 'error') => ({
    id,
    title: `step ${id}`,
    status,
    details: '',
    output: '',
  });
  const stream = (live: boolean, statuses: readonly ('pending' | 'in_progress' | 'complete' | 'error')[], text: string): Message => ({
    ...reply,
    stream: {
      live,
      displayMode: 'plan',
      chunks: { planTitle: 'Making a bundle', tasks: statuses.map((status, at) => task(String(at), status)), text },
    },
  });
  const reply = bot({ threadTs: root.ts });
  canned.put({ ...root, replyCount: 1 });
  canned.put(stream(true, ['in_progress', 'pending'], ''));
  const thread = page.getByRole('region', { name: 'Thread', exact: true });
  await thread.getByText('step 1').waitFor();
  expect(await page.locator('#composer textarea:focus').count()).toBe(1);
  expect(await thread.locator('[data-task] .status').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual([
    'In progress',
    'Pending',
  ]);

  const before = await thread.locator('[data-task="1"]').elementHandle();
  canned.put(stream(true, ['complete', 'error'], 'All **read**'));
  await thread.getByRole('img', { name: 'Failed' }).nth(1).waitFor();
  expect(await before?.evaluate((node) => node.isConnected && node.className)).toBe('task task-error');
  expect(await thread.locator('.markdown strong').textContent()).toBe('read');

  await thread.locator('summary').click();
  canned.put(stream(false, ['complete', 'complete'], 'All read'));
  await thread.getByText('2 of 2').waitFor();
  expect(await thread.locator('details').evaluate((node) => node.hasAttribute('open'))).toBe(false);
  expect(await page.getByRole('button', { name: /^1 reply/ }).count()).toBe(1);
  expect(problems).toEqual([]);
});

it("somebody else's command leaves the thread closed", async ({ page, canned }) => {
  const root = bot({ text: '<@U_BEN> asked for a bundle of job 123' });
  canned.put(root);
  canned.put(bot({ threadTs: root.ts, text: 'reply' }));
  canned.put({ ...root, replyCount: 1 });
  await page.getByRole('button', { name: /^1 reply/ }).waitFor();
  expect(await page.locator('#thread').isVisible()).toBe(false);
});

it('a button asks first, then posts once, and is disabled until something comes of it', async ({ page, canned, posted }) => {
  const confirm = {
    title: plain('Deploy to dev?'),
    text: { type: 'mrkdwn', text: 'As *ana*' },
    confirm: plain('Deploy'),
    deny: plain('No'),
  };
  const button = { type: 'button', action_id: 'deploy', value: 'v1', style: 'primary', text: plain('Deploy to dev'), confirm };
  const message = bot({ text: 'plan', blocks: [{ type: 'actions', block_id: 'b', elements: [button] }] });
  canned.put(message);
  const deploy = page.getByRole('button', { name: 'Deploy to dev' });
  await deploy.click();
  await page.getByRole('dialog').getByRole('button', { name: 'No' }).click();
  expect(canned.posts).toEqual([]);

  await deploy.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy' }).click();
  const body = { as: 'U_ANA', channel: 'C_DATA', messageTs: message.ts, blockId: 'b', actionId: 'deploy', value: 'v1' };
  expect(await posted(1)).toEqual({ path: '/page/action', body });
  expect(await deploy.isDisabled()).toBe(true);
  canned.put({ ...message, edited: true, blocks: [{ type: 'section', text: plain('Approved by ana') }] });
  await page.getByText('(edited)').waitFor();
  expect(await deploy.count()).toBe(0);
});

it('a refused click is said over the page, and the button works again', async ({ page, canned, posted }) => {
  canned.put(
    bot({
      ephemeralId: 'e1',
      blocks: [{ type: 'actions', block_id: 'b', elements: [{ type: 'button', action_id: 'x', text: plain('Go') }] }],
    }),
  );
  await page.getByText('Only visible to you').waitFor();
  canned.refuse = 'The app did not answer.';
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await page.getByText('The app did not answer.').waitFor();
  expect((await posted(1))?.body.ephemeralId).toBe('e1');
  expect(await page.getByRole('button', { name: 'Go', exact: true }).isDisabled()).toBe(false);
  canned.emit('ephemeral_removed', { id: 'e1' });
  await expect.poll(() => page.locator('.message').count()).toBe(0);
});

const option = (value: string) => ({ text: plain(value.toUpperCase()), value });
const VIEW: View = {
  id: 'V1',
  callback_id: 'c',
  type: 'modal',
  hash: '1',
  title: plain('New bundle'),
  submit: plain('Create'),
  blocks: [
    { type: 'input', block_id: 'job', label: plain('Job'), element: { type: 'plain_text_input', action_id: 'id' } },
    {
      type: 'input',
      block_id: 'target',
      label: plain('Target'),
      element: { type: 'static_select', action_id: 't', options: [option('dev'), option('prod')] },
    },
    {
      type: 'input',
      block_id: 'with',
      label: plain('With'),
      optional: true,
      element: { type: 'checkboxes', action_id: 'w', options: [option('ci'), option('tests')] },
    },
    {
      type: 'input',
      block_id: 'on',
      label: plain('On'),
      optional: true,
      element: { type: 'radio_buttons', action_id: 'o', options: [option('a'), option('b')] },
    },
  ],
};

it('a modal is filled in, corrected, submitted, and closed with Escape', async ({ page, canned, problems, posted }) => {
  // In the state as well: the page reads it again once its line is open, which may be after this event.
  canned.modal = VIEW;
  canned.emit('modal', { view: VIEW });
  const dialog = page.getByRole('dialog', { name: 'New bundle' });
  await dialog.getByLabel('Job').fill('999');
  await dialog.getByLabel('Target').selectOption('PROD');
  await dialog.getByLabel('TESTS').check();
  await dialog.getByRole('button', { name: 'Create' }).click();
  const values = {
    job: { id: { type: 'plain_text_input', value: '999' } },
    target: { t: { type: 'static_select', selected_option: option('prod') } },
    with: { w: { type: 'checkboxes', selected_options: [option('tests')] } },
    on: { o: { type: 'radio_buttons', selected_option: null } },
  };
  expect(await posted(1)).toEqual({ path: '/page/modal', body: { as: 'U_ANA', viewId: 'V1', values } });
  canned.emit('modal', { view: VIEW, errors: { job: 'There is no job 999.' } });
  await dialog.getByText('There is no job 999.').waitFor();
  expect(await dialog.getByLabel('Job').inputValue()).toBe('999');
  expect(await dialog.getByLabel('Job').getAttribute('aria-invalid')).toBe('true');
  await page.keyboard.press('Escape');
  expect(await posted(2)).toEqual({ path: '/page/modal', body: { as: 'U_ANA', viewId: 'V1', close: true } });
  canned.modal = null;
  canned.emit('modal', { view: null });
  await dialog.waitFor({ state: 'hidden' });
  expect(problems).toEqual([]);
});

it('a file is downloaded under its name', async ({ page, canned }) => {
  canned.put(bot({ files: [{ id: 'F1', name: 'churn bundle.zip', size: 18_422 }] }));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /churn bundle\.zip.*18\.4 kB/ }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('churn bundle.zip');
  expect((await bytesOf(download)).toString()).toBe('zip bytes');
});

it('one can be somebody else, who sees their own messages and writes under their own name', async ({ page, canned, box, posted }) => {
  canned.put(bot({ channel: 'D_U_ANA', text: 'for ana only' }));
  const dm = page.getByRole('navigation').getByRole('button', { name: /DAB Bot/ });
  await dm.getByLabel('1 unread for you').waitFor();
  await dm.click();
  await page.getByText('for ana only').waitFor();
  await page.getByRole('button', { name: 'Ben Okafor' }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Ben Okafor' }).getAttribute('aria-pressed')).toBe('true');
  expect(await page.getByText('for ana only').count()).toBe(0);
  expect(new URL(page.url()).searchParams.get('as')).toBe('U_BEN');
  await box.fill('hi');
  await box.press('Enter');
  expect((await posted(1))?.body.as).toBe('U_BEN');
  await page.reload();
  await expect.poll(() => page.getByRole('button', { name: 'Ben Okafor' }).getAttribute('aria-pressed')).toBe('true');
});

it('after a broken line the page catches up by itself', async ({ page, canned }) => {
  canned.put(bot({ text: 'before' }));
  await page.getByText('before', { exact: true }).waitFor();
  canned.cut();
  canned.messages.push({ channel: 'C_RANDOM', ts: ts(), user: 'U_BEN', userName: 'ben', isBot: false, text: 'missed' });
  await page
    .getByRole('button', { name: /random/ })
    .getByLabel('unread')
    .waitFor();
  canned.put(bot({ text: 'and after' }));
  await page.getByText('and after', { exact: true }).waitFor();
});

it('a running thread can be stopped with Slack’s own button', async ({ page, canned, posted }) => {
  const root = bot({ text: '<@U_ANA> asked', agentStatus: 'processing' });
  canned.put(root);
  await page.getByRole('button', { name: 'Stop' }).click();
  expect(await posted(1)).toEqual({ path: '/page/stop', body: { as: 'U_ANA', channel: 'C_DATA', threadTs: root.ts } });
});

it('on a narrow window nothing is cut off, and the channels are one click away', async ({ page, canned }) => {
  await page.setViewportSize({ width: 380, height: 700 });
  canned.put(
    bot({
      blocks: [{ type: 'markdown', text: `\`\`\`\n${'x'.repeat(300)}\n\`\`\`\n| ${'wide '.repeat(20)} | b |\n|---|---|\n| c | d |` }],
    }),
  );
  await page.locator('.message table').waitFor();
  expect(await page.locator('html').evaluate((node) => node.scrollWidth)).toBe(380);
  expect(await page.locator('#messages').evaluate((node) => node.scrollWidth - node.clientWidth)).toBe(0);
  await page.getByRole('button', { name: 'Channels' }).click();
  await page.getByRole('button', { name: /random/ }).click();
  await page.getByRole('heading', { name: '# random' }).waitFor();
});

// The page on the real Slack stand-in with a real Bolt App: command, stream, file, confirm, modal with an error, ephemeral answers.
import type { App } from '@slack/bolt';
import { expect } from 'vitest';
import { systemClock } from '../../../src/values/clock.ts';
import { start, startApp } from '../slack/start.ts';
import { browserTest, bytesOf, CHROMIUM, openPage } from './browser.ts';
import { PAGE_DIR } from './canned.ts';

const test = browserTest.skipIf(CHROMIUM === undefined);
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const ZIP = Buffer.from('PK not really a zip');

/** A bot that does one of everything the real one does. */
function bot(app: App): void {
  app.command('/dab', async ({ ack, client, command, respond }) => {
    await ack();
    if (command.text === 'help') return void (await respond({ text: 'Try `/dab job 123`' }));
    const channel = command.channel_id;
    const anchor = await client.chat.postMessage({ channel, text: `<@${command.user_id}> asked: /dab ${command.text}` });
    const thread_ts = anchor.ts ?? '';
    const recipient = { recipient_user_id: command.user_id, recipient_team_id: command.team_id, task_display_mode: 'plan' as const };
    const task = (status: 'in_progress' | 'complete') => ({ type: 'task_update' as const, id: 'read', title: 'Reading job 123', status });
    const chunks = [{ type: 'plan_update' as const, title: 'Making a bundle' }, task('in_progress')];
    const { ts = '' } = await client.chat.startStream({ channel, thread_ts, ...recipient, chunks });
    await client.chat.appendStream({ channel, ts, chunks: [task('complete'), { type: 'markdown_text', text: '**57** settings' }] });
    await client.chat.stopStream({ channel, ts });
    await client.filesUploadV2({ channel_id: channel, thread_ts, file: ZIP, filename: 'churn.zip' });
    const confirm = { title: plain('Deploy?'), text: plain('Really'), confirm: plain('Yes'), deny: plain('No') };
    const deploy = {
      type: 'button' as const,
      action_id: 'deploy',
      value: 'v1',
      style: 'primary' as const,
      text: plain('Deploy to dev'),
      confirm,
    };
    const options = { type: 'button' as const, action_id: 'options', text: plain('Options') };
    await client.chat.postMessage({ channel, thread_ts, text: 'plan', blocks: [{ type: 'actions', elements: [deploy, options] }] });
  });
  app.action('deploy', async ({ ack, body, client }) => {
    await ack();
    if (!('message' in body) || body.message === undefined) return;
    const text = `Approved by <@${body.user.id}>`;
    await client.chat.update({
      channel: body.channel?.id ?? '',
      ts: body.message.ts,
      text,
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }],
    });
  });
  app.action('options', async ({ ack, body, client }) => {
    await ack();
    if (!('trigger_id' in body)) return;
    const element = { type: 'plain_text_input' as const, action_id: 'name' };
    const blocks = [{ type: 'input' as const, block_id: 'target', label: plain('Target'), element }];
    await client.views.open({
      trigger_id: body.trigger_id,
      view: { type: 'modal', callback_id: 'm', title: plain('Options'), submit: plain('Save'), blocks },
    });
  });
  app.view('m', async ({ ack, view, body, client }) => {
    const value = view.state.values.target?.name?.value;
    if (value !== 'staging') return void (await ack({ response_action: 'errors', errors: { target: 'Only staging will do.' } }));
    await ack();
    await client.chat.postEphemeral({ channel: 'C_DATA', user: body.user.id, text: `Saved ${value}` });
  });
}

test('a whole conversation through the page', async ({ browser }) => {
  const { slack } = await start({ clock: systemClock, pageDir: PAGE_DIR });
  await startApp(slack, bot);
  const { page, problems } = await openPage(browser, slack.pageUrl ?? '');
  const box = page.getByRole('textbox', { name: 'Message #data-platform' });
  const thread = page.getByRole('region', { name: 'Thread', exact: true });

  await box.fill('/dab help');
  await box.press('Enter');
  await page.locator('.ephemeral', { hasText: 'Try /dab job 123' }).waitFor();

  await box.fill('/dab job 123');
  await box.press('Enter');
  await thread.locator('.task-complete', { hasText: 'Reading job 123' }).waitFor();
  await thread.locator('.markdown strong', { hasText: '57' }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), thread.getByRole('link', { name: /churn\.zip/ }).click()]);
  expect(await bytesOf(download)).toEqual(ZIP);

  await thread.getByRole('button', { name: 'Options' }).click();
  const modal = page.getByRole('dialog', { name: 'Options' });
  await modal.getByLabel('Target').fill('prod');
  await modal.getByRole('button', { name: 'Save' }).click();
  await modal.getByText('Only staging will do.').waitFor();
  await modal.getByLabel('Target').fill('staging');
  await modal.getByRole('button', { name: 'Save' }).click();
  await modal.waitFor({ state: 'hidden' });
  await page.locator('.ephemeral', { hasText: 'Saved staging' }).waitFor();

  await thread.getByRole('button', { name: 'Deploy to dev' }).click();
  await page.getByRole('dialog', { name: 'Deploy?' }).getByRole('button', { name: 'Yes' }).click();
  await thread.getByText('Approved by @ana').waitFor();
  await thread.getByRole('textbox').fill('/dab help');
  await thread.getByRole('textbox').press('Enter');
  await thread.getByText(/not supported in threads/).waitFor();

  // A guest sees fewer channels, and nobody sees what was said to somebody else alone.
  await page.getByRole('button', { name: /Gus/ }).click();
  await expect.poll(() => page.locator('.channel-name').allTextContents()).not.toContain('random');
  await page.getByRole('button', { name: /Ben/ }).click();
  await expect.poll(() => page.locator('.channel-name').allTextContents()).toContain('random');
  await page.locator('.channel-name', { hasText: 'data-platform' }).click();
  expect(await page.locator('.ephemeral').count()).toBe(0);
  await page.getByRole('button', { name: /^3 replies/ }).click();
  await thread.getByText('Approved by @ana').waitFor();
  expect(problems.filter((one) => !one.includes('400 (Bad Request)'))).toEqual([]);
});

test('the bot is invited where it was not', async ({ browser }) => {
  const { slack } = await start({ clock: systemClock, pageDir: PAGE_DIR });
  const { page } = await openPage(browser, slack.pageUrl ?? '');
  await page.getByRole('button', { name: /random/ }).click();
  await page.getByText('DAB Bot is not in this channel', { exact: true }).waitFor();
  const box = page.getByRole('textbox', { name: 'Message #random' });
  await box.fill('/invite @dab');
  await box.press('Enter');
  await page.locator('.message', { hasText: 'was added to #random by ana' }).waitFor();
  await page.getByText('DAB Bot is not in this channel', { exact: true }).waitFor({ state: 'hidden' });
});

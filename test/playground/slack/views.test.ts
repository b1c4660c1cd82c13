// Modals and the home tab: triggers, limits, submissions with errors, updates and pushes, through the real Bolt App.
import type { ModalView } from '@slack/web-api';
import { expect, test } from 'vitest';
import { eventually, refusal, start, startApp } from './start.ts';

const modal = (rest: object = {}): ModalView => ({
  type: 'modal',
  callback_id: 'ask',
  title: { type: 'plain_text', text: 'Ask' },
  submit: { type: 'plain_text', text: 'Go' },
  blocks: [
    {
      type: 'input',
      block_id: 'name',
      label: { type: 'plain_text', text: 'Name' },
      element: { type: 'plain_text_input', action_id: 'text' },
    },
    {
      type: 'input',
      block_id: 'target',
      optional: true,
      label: { type: 'plain_text', text: 'Target' },
      element: {
        type: 'static_select',
        action_id: 'pick',
        options: [{ text: { type: 'plain_text', text: 'Dev' }, value: 'dev' }],
      },
    },
  ],
  ...rest,
});

test('a modal is opened, refuses an empty field itself, shows the app’s errors, updates, and closes', async () => {
  const { slack } = await start();
  const submitted: object[] = [];
  await startApp(slack, (app) => {
    app.command('/dab', async ({ ack, client, command }) => {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: modal({ private_metadata: 'keep' }) });
    });
    app.view('ask', async ({ ack, view }) => {
      submitted.push(view.state.values);
      const name = view.state.values.name?.text?.value;
      if (name === 'bad') await ack({ response_action: 'errors', errors: { name: 'Not that one' } });
      else if (name === 'more') await ack({ response_action: 'push', view: modal({ callback_id: 'second', notify_on_close: true }) });
      else if (name === 'new') await ack({ response_action: 'update', view: modal({ title: { type: 'plain_text', text: 'New' } }) });
      else await ack();
    });
    app.view({ callback_id: 'second', type: 'view_closed' }, async ({ ack, view }) => {
      submitted.push({ closed: view.callback_id });
      await ack();
    });
  });
  const ana = slack.as('ana');
  await ana.command('C_DATA', '/dab');
  expect(await ana.waitFor((me) => me.modal())).toMatchObject({ callback_id: 'ask', private_metadata: 'keep' });
  expect(slack.as('ben').modal()).toBeNull();
  expect(await ana.submit()).toEqual({ name: 'Please complete this required field.' });
  expect(await ana.submit({ name: 'bad', target: 'dev' })).toEqual({ name: 'Not that one' });
  expect(submitted[0]).toMatchObject({
    name: { text: { type: 'plain_text_input', value: 'bad' } },
    target: { pick: { selected_option: { value: 'dev' } } },
  });
  await ana.submit({ name: 'new' });
  expect(ana.modal()?.title?.text).toBe('New');
  await ana.submit({ name: 'more' });
  expect(ana.modal()?.callback_id).toBe('second');
  await ana.closeModal();
  expect([submitted.at(-1), ana.modal()?.callback_id]).toEqual([{ closed: 'second' }, 'ask']);
  await ana.submit({ name: 'fine' });
  expect(ana.modal()).toBeNull();
});

test('a trigger is used once and within three seconds; what is too long is refused; updates guard with a hash', async () => {
  const { slack, web, clock } = await start();
  const triggers: string[] = [];
  await startApp(slack, (app) => {
    app.command('/dab', async ({ ack, command }) => {
      triggers.push(command.trigger_id);
      await ack();
    });
  });
  const ana = slack.as('ana');
  const open = (view: ModalView = modal()) => web.views.open({ trigger_id: triggers.at(-1) ?? '', view });
  expect(await refusal(web.views.open({ trigger_id: 'made-up', view: modal() }))).toBe('invalid_trigger_id');
  await ana.command('C_DATA', '/dab');
  expect(await refusal(open(modal({ title: { type: 'plain_text', text: 'x'.repeat(25) } })))).toBe('invalid_arguments');
  expect(await refusal(open(modal({ private_metadata: 'x'.repeat(3001) })))).toBe('invalid_arguments');
  expect(await refusal(open(modal({ submit: undefined })))).toBe('invalid_arguments');
  const many = Array.from({ length: 90 }, () => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2900) } }));
  expect(await refusal(open(modal({ blocks: many })))).toBe('view_too_large');
  const { view } = await open();
  expect(await refusal(open())).toBe('exchanged_trigger_id');
  const update = (hash: string) => refusal(web.views.update({ view_id: view?.id ?? '', hash, view: modal() }));
  expect([await update('other'), await update(view?.hash ?? '')]).toEqual(['hash_conflict', 'ok']);
  for (const expected of ['ok', 'ok', 'push_limit_reached']) {
    await ana.command('C_DATA', '/dab');
    expect(await refusal(web.views.push({ trigger_id: triggers.at(-1) ?? '', view: modal() }))).toBe(expected);
  }
  await ana.command('C_DATA', '/dab');
  await clock.turn(3001);
  expect(await refusal(open())).toBe('expired_trigger_id');
});

test('an app that leaves a submission unanswered: the view stays, with Slack’s words', async () => {
  const { slack, clock } = await start();
  await startApp(slack, (app) => {
    app.command('/dab', async ({ ack, client, command }) => {
      await client.views.open({ trigger_id: command.trigger_id, view: modal() });
      await ack();
    });
  });
  const ana = slack.as('ana');
  await ana.command('C_DATA', '/dab');
  const waiting = ana.submit({ name: 'x' });
  await eventually(() => slack.socket.sent.length).toBe(2);
  await clock.turn(3001);
  expect(await waiting).toEqual({ '': 'We had some trouble connecting. Try again?' });
  expect(ana.modal()).not.toBeNull();
});

test('the home tab is each person’s own, and its buttons work', async () => {
  const { slack, web } = await start();
  const clicked: string[] = [];
  await startApp(slack, (app) => {
    app.action('go', async ({ ack, body }) => {
      clicked.push(body.type === 'block_actions' ? String(body.view?.type) : '');
      await ack();
    });
  });
  const element = { type: 'button' as const, action_id: 'go', text: { type: 'plain_text' as const, text: 'Go' } };
  const view = { type: 'home' as const, blocks: [{ type: 'actions' as const, elements: [element] }] };
  const { view: published } = await web.views.publish({ user_id: 'U_ANA', view });
  const home = slack.as('ana').home();
  if (home === null) throw new Error('no home tab');
  expect([slack.as('ben').home(), home.type]).toEqual([null, 'home']);
  await slack.as('ana').clickView(home, 'go');
  expect(clicked).toEqual(['home']);
  expect(await refusal(web.views.publish({ user_id: 'U_ANA', view, hash: 'old' }))).toBe('hash_conflict');
  expect(await refusal(web.views.publish({ user_id: 'U_ANA', view, hash: published?.hash ?? '' }))).toBe('ok');
  expect(await refusal(web.views.publish({ user_id: 'U_NO', view }))).toBe('user_not_found');
});

// Commands, clicks, messages and deadlines as the real Bolt App gets them over Socket Mode.
import { expect, test } from 'vitest';
import { CannotDo } from '../../../src/playground/slack/people/interactions.ts';
import { eventually, start, startApp } from './start.ts';

const buttons = (text: string) => [
  {
    type: 'actions' as const,
    elements: [{ type: 'button' as const, text: { type: 'plain_text' as const, text }, action_id: 'go', value: `v-${text}` }],
  },
];

test('a command is acked, answered by response_url and by the ack itself; DMs and channels without the bot work too', async () => {
  const { slack } = await start();
  await startApp(slack, (app) => {
    app.command('/dab', async ({ ack, respond, command }) => {
      await ack(command.text === 'quick' ? { text: 'from the ack' } : undefined);
      await respond({ text: `you said ${command.text} in ${command.channel_id}` });
    });
  });
  const ana = slack.as('ana');
  expect((await ana.command('C_RANDOM', '/dab a <b> & c'))?.state).toBe('acked');
  expect((await ana.waitFor((me) => me.ephemerals('C_RANDOM')[0])).text).toBe('you said a &lt;b&gt; &amp; c in C_RANDOM');
  await ana.command(ana.dm, '/dab quick');
  await ana.waitFor((me) => me.ephemerals(ana.dm).length === 2);
  expect(ana.ephemerals(ana.dm).map((message) => message.text)).toEqual(['from the ack', `you said quick in ${ana.dm}`]);
  expect(slack.as('ben').ephemerals()).toEqual([]);
});

test('no app, no answer within 3 s, an unknown command and one in a thread: Slack’s own words', async () => {
  const { slack, clock } = await start();
  const ana = slack.as('ana');
  const last = () => ana.ephemerals().at(-1)?.text;
  expect((await ana.command('C_DATA', '/dab x'))?.state).toBe('no_socket');
  expect(last()).toBe('/dab failed with the error "dispatch_failed"');
  await startApp(slack, () => {});
  const waiting = ana.command('C_DATA', '/dab x');
  await eventually(() => slack.socket.sent.length).toBe(1);
  await clock.turn(3001);
  expect((await waiting)?.state).toBe('timeout');
  expect(last()).toBe('/dab failed because the app did not respond');
  await ana.command('C_DATA', '/nope');
  expect(last()).toMatch(/^\/nope is not a valid command\. In Slack, all messages that start with the "\/" character/);
  const root = ana.say('C_DATA', 'root');
  await expect(ana.command('C_DATA', '/dab x', { thread: root.ts })).rejects.toThrow('/dab is not supported in threads. Sorry!');
  await expect(slack.as('gus').command('C_RANDOM', '/dab x')).rejects.toBeInstanceOf(CannotDo);
});

test('a response_url takes five posts in thirty minutes, and replaces or deletes what was clicked', async () => {
  const { slack, clock, web } = await start();
  const urls: string[] = [];
  await startApp(slack, (app) => {
    app.command('/dab', async ({ ack, command }) => {
      await ack();
      urls.push(command.response_url);
    });
    app.action('go', async ({ ack, body, respond }) => {
      await ack();
      urls.push('response_url' in body ? String(body.response_url) : '');
      await respond(
        body.type === 'block_actions' && body.container.is_ephemeral === true
          ? { delete_original: true }
          : { replace_original: true, text: 'replaced' },
      );
    });
  });
  const ana = slack.as('ana');
  const post = async (body: object): Promise<string> => {
    const answer = await fetch(urls.at(-1) ?? '', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    return `${answer.status} ${await answer.text()}`;
  };
  await ana.command('C_RANDOM', '/dab');
  expect(await post({ text: 'x', blocks: [{ type: 'blink' }] })).toContain('invalid_blocks');
  for (let i = 0; i < 5; i++) expect(await post({ text: `${i}`, response_type: i === 0 ? 'in_channel' : 'ephemeral' })).toContain('200');
  expect(await post({ text: 'six' })).toContain('used_url');
  expect([slack.messages('C_RANDOM').length, ana.ephemerals('C_RANDOM').length]).toEqual([1, 4]);
  await ana.command('C_RANDOM', '/dab');
  await clock.turn(30 * 60_000 + 1);
  expect(await post({ text: 'late' })).toContain('expired_url');
  await web.chat.postMessage({ channel: 'C_DATA', text: 'card', blocks: buttons('one') });
  await ana.click(await ana.waitFor((me) => me.messages('C_DATA')[0]), 'go');
  await ana.waitFor((me) => me.messages('C_DATA')[0]?.text === 'replaced');
  await web.chat.postEphemeral({ channel: 'C_DATA', user: 'U_ANA', text: 'card', blocks: buttons('two') });
  await ana.click(await ana.waitFor((me) => me.ephemerals('C_DATA')[0]), 'go');
  await ana.waitFor((me) => me.ephemerals('C_DATA').length === 0);
});

test('a click carries the button as it stands; a gone button only with stale, another’s ephemeral never; a silent app shows a toast', async () => {
  const { slack, web, clock } = await start();
  const clicks: object[] = [];
  await startApp(slack, (app) => {
    app.action('go', async ({ ack, action, body }) => {
      await ack();
      clicks.push({ value: 'value' in action ? action.value : '', user: body.user.id, channel: body.channel?.id });
    });
  });
  const posted = await web.chat.postMessage({ channel: 'C_DATA', text: 'card', blocks: buttons('one') });
  const [ana, ben] = [slack.as('ana'), slack.as('U_BEN')];
  const [card] = ana.messages('C_DATA');
  if (card === undefined) throw new Error('no card');
  await ana.click(card, 'go');
  expect(slack.socket.sent.at(-1)?.payload).toMatchObject({
    type: 'block_actions',
    message: { text: 'card', bot_id: 'B_DAB' },
    container: { message_ts: card.ts },
  });
  await web.chat.update({ channel: 'C_DATA', ts: posted.ts ?? '', text: 'done', blocks: [] });
  await expect(ana.click(card, 'go')).rejects.toThrow('There is no button “go” here (any more).');
  await ben.click(card, 'go', { stale: true });
  await expect
    .poll(() => clicks)
    .toEqual([
      { value: 'v-one', user: 'U_ANA', channel: 'C_DATA' },
      { value: 'v-one', user: 'U_BEN', channel: 'C_DATA' },
    ]);
  await web.chat.postEphemeral({ channel: 'C_DATA', user: 'U_ANA', text: 'psst', blocks: buttons('three') });
  const [psst] = ana.ephemerals();
  if (psst === undefined) throw new Error('no ephemeral');
  await expect(ben.click(psst, 'go')).rejects.toBeInstanceOf(CannotDo);
  await web.chat.postMessage({
    channel: 'C_DATA',
    text: 'card',
    blocks: [{ type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'x' }, action_id: 'deaf' }] }],
  });
  const [deaf] = ana.messages('C_DATA').slice(-1);
  if (deaf === undefined) throw new Error('no card');
  const waiting = ana.click(deaf, 'deaf');
  await eventually(() => slack.socket.sent.at(-1)?.payload).toMatchObject({ actions: [{ action_id: 'deaf' }] });
  await clock.turn(3001);
  expect([(await waiting).state, ana.toasts().length]).toEqual(['timeout', 1]);
});

test('messages, mentions, replies, edits and the bot’s own posts arrive as events where the bot is a member', async () => {
  const { slack, web } = await start();
  const seen: string[] = [];
  await startApp(slack, (app) => {
    app.message(async ({ message }) => {
      seen.push(`message ${message.channel_type} ${'text' in message ? message.text : ''}`);
    });
    app.event('app_mention', async ({ event }) => {
      seen.push(`mention ${event.text}`);
    });
    app.event('app_home_opened', async ({ event }) => {
      seen.push(`home ${event.tab}`);
    });
    app.event('agent_session_stopped', async ({ event }) => {
      seen.push(`stopped ${event.streaming_message_ts?.length}`);
    });
  });
  const ana = slack.as('ana');
  const root = ana.say('C_DATA', 'hey @dab, a < b & see https://x.example');
  ana.say('C_DATA', 'a reply', { thread: root.ts });
  ana.say(ana.dm, 'direct');
  ana.say('C_RANDOM', 'unheard @dab');
  ana.openHome();
  ana.stop('C_DATA', root.ts);
  const escaped = 'hey <@U_DAB>, a &lt; b &amp; see <https://x.example>';
  await expect
    .poll(() => [...seen].sort())
    .toEqual(
      [`message channel ${escaped}`, `mention ${escaped}`, 'message channel a reply', 'message im direct', 'home home', 'stopped 0'].sort(),
    );
  await web.chat.postMessage({ channel: 'C_DATA', text: 'own', thread_ts: root.ts });
  const event = () => slack.socket.sent.at(-1)?.payload.event;
  await eventually(event).toMatchObject({ type: 'message', bot_id: 'B_DAB', text: 'own', thread_ts: root.ts });
  expect(root.text).toBe(escaped);
  const parent = ana.messages('C_DATA', root.ts)[0];
  expect(parent).toMatchObject({ replyCount: 2 });
  await ana.command('C_RANDOM', '/invite @dab');
  ana.say('C_RANDOM', 'heard');
  await eventually(() => seen.at(-1)).toBe('message channel heard');
});

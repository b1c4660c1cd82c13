// Web API: tokens, scopes, membership, messages, limits, rates and faults, through the real WebClient.
import { WebAPIHTTPError, WebAPIRateLimitedError, WebAPIRequestError, WebClient } from '@slack/web-api';
import { expect, test } from 'vitest';
import { client, eventually, QUIET, refusal, start } from './start.ts';

const button = (text: string, rest: object = {}) => ({
  type: 'actions' as const,
  elements: [{ type: 'button' as const, text: { type: 'plain_text' as const, text }, action_id: 'go', ...rest }],
});

test('auth.test names the team and the bot; wrong, missing and misused tokens are refused', async () => {
  const { slack, web } = await start();
  expect(await web.auth.test()).toMatchObject({ ok: true, team_id: 'T_ACME', user_id: 'U_DAB', bot_id: 'B_DAB' });
  expect(await refusal(client(slack, 'xoxb-other').auth.test())).toBe('invalid_auth');
  expect(await refusal(client(slack, undefined).auth.test())).toBe('not_authed');
  expect(await refusal(web.apps.connections.open())).toBe('not_allowed_token_type');
  expect(await refusal(client(slack, slack.appToken).auth.test())).toBe('not_allowed_token_type');
  expect(await client(slack, slack.appToken).apps.connections.open()).toMatchObject({ ok: true });
  expect(await refusal(web.apiCall('chat.doMagic'))).toBe('unknown_method');
});

test('a missing scope is named, and users.info keeps the e-mail back without its scope', async () => {
  const { slack, web } = await start();
  expect((await web.users.info({ user: 'U_ANA' })).user).toMatchObject({
    tz: 'Europe/Madrid',
    is_bot: false,
    profile: { email: 'ana@acme.example' },
  });
  expect((await web.users.info({ user: 'U_GUEST' })).user?.is_restricted).toBe(true);
  expect((await web.users.info({ user: 'U_DAB' })).user?.is_bot).toBe(true);
  expect(await refusal(web.users.info({ user: 'U_NOBODY' }))).toBe('user_not_found');
  slack.change({ scopes: ['users:read'] });
  expect((await web.users.info({ user: 'U_ANA' })).user?.profile?.email).toBeUndefined();
  await expect(web.chat.postMessage({ channel: 'C_DATA', text: 'x' })).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: 'chat:write' },
  });
});

test('posting needs membership; a private channel is not even found; a DM is opened', async () => {
  const secret = { id: 'C_SECRET', name: 'secret', kind: 'private' as const, members: new Set(['U_ANA']) };
  const old = { id: 'C_OLD', name: 'old', kind: 'channel' as const, members: new Set(['U_DAB']), archived: true };
  const { web } = await start({ channels: [secret, old] });
  const post = (channel: string) => refusal(web.chat.postMessage({ channel, text: 'hi' }));
  expect(await post('C_RANDOM')).toBe('not_in_channel');
  expect(await post('C_SECRET')).toBe('channel_not_found');
  expect(await post('C_NONE')).toBe('channel_not_found');
  expect(await post('C_OLD')).toBe('is_archived');
  expect(await refusal(web.conversations.info({ channel: 'C_SECRET' }))).toBe('channel_not_found');
  expect((await web.conversations.info({ channel: 'C_RANDOM' })).channel).toMatchObject({ is_member: false, is_private: false });
  await web.conversations.join({ channel: 'C_RANDOM' });
  expect(await post('C_RANDOM')).toBe('ok');
  expect((await web.conversations.open({ users: 'U_BEN' })).channel?.id).toBe('D_BEN');
  expect(await post('D_BEN')).toBe('ok');
  expect((await web.conversations.members({ channel: 'C_DATA' })).members).toContain('U_DAB');
  expect(await refusal(web.apiCall('chat.postMessage', { text: 'x' }))).toBe('invalid_arguments');
});

test('threads keep metadata for those who ask, pages follow cursors, updates and deletions are own only', async () => {
  const { slack, web } = await start();
  const root = await web.chat.postMessage({ channel: 'C_DATA', text: 'root' });
  const metadata = { event_type: 'dab', event_payload: { turn: 'x1' } };
  const reply = await web.chat.postMessage({ channel: 'C_DATA', text: 'one', thread_ts: root.ts ?? '', metadata });
  await web.chat.postMessage({ channel: 'C_DATA', text: 'two', thread_ts: root.ts ?? '' });
  const all = await web.conversations.replies({ channel: 'C_DATA', ts: root.ts ?? '', include_all_metadata: true });
  expect(all.messages?.map((message) => message.text)).toEqual(['root', 'one', 'two']);
  expect(all.messages?.[1]?.metadata).toEqual(metadata);
  const bare = await web.conversations.replies({ channel: 'C_DATA', ts: root.ts ?? '', limit: 2 });
  expect(bare.messages?.[1]?.metadata).toBeUndefined();
  const rest = await web.conversations.replies({ channel: 'C_DATA', ts: root.ts ?? '', cursor: bare.response_metadata?.next_cursor ?? '' });
  expect(rest.messages?.map((message) => message.text)).toEqual(['two']);
  expect((await web.conversations.history({ channel: 'C_DATA' })).messages?.map((message) => message.text)).toEqual(['root']);
  await web.chat.update({ channel: 'C_DATA', ts: reply.ts ?? '', text: 'uno' });
  expect(slack.messages('C_DATA', root.ts).map((message) => [message.text, message.edited])).toContainEqual(['uno', true]);
  expect(await refusal(web.chat.update({ channel: 'C_DATA', ts: reply.ts ?? '', text: 'x'.repeat(4001) }))).toBe('msg_too_long');
  expect(await refusal(web.chat.update({ channel: 'C_DATA', ts: '1.000001', text: 'x' }))).toBe('message_not_found');
  const hers = slack.as('ana').say('C_DATA', 'mine');
  expect(await refusal(web.chat.update({ channel: 'C_DATA', ts: hers.ts, text: 'x' }))).toBe('cant_update_message');
  expect(await refusal(web.chat.delete({ channel: 'C_DATA', ts: hers.ts }))).toBe('cant_delete_message');
  await web.chat.delete({ channel: 'C_DATA', ts: reply.ts ?? '' });
  expect(slack.messages('C_DATA', root.ts)).toHaveLength(2);
  expect(await refusal(web.chat.postEphemeral({ channel: 'C_DATA', user: 'U_ANA', text: 'x', thread_ts: '1.000001' }))).toBe(
    'thread_not_found',
  );
  await web.reactions.add({ channel: 'C_DATA', timestamp: root.ts ?? '', name: 'eyes' });
  expect(slack.messages('C_DATA')[0]?.reactions).toEqual([{ name: 'eyes', users: ['U_DAB'] }]);
  await web.chat.delete({ channel: 'C_DATA', ts: root.ts ?? '' });
  const left = await web.conversations.replies({ channel: 'C_DATA', ts: root.ts ?? '' });
  expect(left.messages?.map((message) => message.text)).toEqual(['This message was deleted.', 'two']);
  expect(left.messages?.[0]).toMatchObject({ subtype: 'tombstone', ts: root.ts });
});

test('a reply to a deleted message stands in the open channel, and only the answer tells it', async () => {
  const { slack, web } = await start();
  const reply = async (ts = '') => (await web.chat.postMessage({ channel: 'C_DATA', text: 'reply', thread_ts: ts })).message?.thread_ts;
  const root = await web.chat.postMessage({ channel: 'C_DATA', text: 'root' });
  expect(await reply(root.ts)).toBe(root.ts);
  await web.chat.delete({ channel: 'C_DATA', ts: root.ts ?? '' });
  // Its replies keep the thread.
  expect(await reply(root.ts)).toBe(root.ts);
  const bare = await web.chat.postMessage({ channel: 'C_DATA', text: 'root' });
  await web.chat.delete({ channel: 'C_DATA', ts: bare.ts ?? '' });
  expect(await reply(bare.ts)).toBeUndefined();
  expect(slack.messages('C_DATA').at(-1)).not.toHaveProperty('threadTs');
  expect(await refusal(web.conversations.replies({ channel: 'C_DATA', ts: bare.ts ?? '' }))).toBe('thread_not_found');
});

test('people may be given, from other teams too; markdown_text stands alone; a message has a link', async () => {
  const stranger = { id: 'U_EVE', name: 'eve', realName: 'Eve Stone', email: 'eve@other.example', stranger: true };
  const { web, slack } = await start({ users: [stranger] });
  expect((await web.users.info({ user: 'U_EVE' })).user).toMatchObject({ is_stranger: true, team_id: 'T_OTHER' });
  const posted = await web.chat.postMessage({ channel: 'D_EVE', markdown_text: '**hi**' });
  expect(slack.as('eve').messages()[0]?.blocks).toMatchObject([{ type: 'markdown', text: '**hi**' }]);
  expect(await refusal(web.apiCall('chat.postMessage', { channel: 'D_EVE', text: 'x', markdown_text: 'y' }))).toBe(
    'markdown_text_conflict',
  );
  const link = await web.chat.getPermalink({ channel: 'D_EVE', message_ts: posted.ts ?? '' });
  expect(link.permalink).toMatch(/\/archives\/D_EVE\/p\d{16}$/);
});

test('an ephemeral message is seen by one person, who must be in the channel', async () => {
  const { slack, web } = await start();
  await web.chat.postEphemeral({ channel: 'C_DATA', user: 'U_ANA', text: 'psst' });
  expect(slack.as('ana').ephemerals('C_DATA')).toMatchObject([{ text: 'psst', isBot: true }]);
  expect(slack.as('ben').ephemerals()).toEqual([]);
  await web.conversations.join({ channel: 'C_RANDOM' });
  expect(await refusal(web.chat.postEphemeral({ channel: 'C_RANDOM', user: 'U_GUEST', text: 'x' }))).toBe('user_not_in_channel');
});

test.each([
  ['a block of no known type', [{ type: 'blink' }]],
  ['a modal-only block', [{ type: 'alert', text: 'x' }]],
  ['too many blocks', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
  ['a long button', [button('x'.repeat(76))]],
  ['a long button value', [button('x', { value: 'v'.repeat(2001) })]],
  [
    'a long confirm title',
    [button('x', { confirm: { title: { type: 'plain_text', text: 't'.repeat(101) }, text: { type: 'plain_text', text: 't' } } })],
  ],
  ['mrkdwn on a button', [{ type: 'actions', elements: [{ type: 'button', text: { type: 'mrkdwn', text: 'x' } }] }]],
  ['a long section', [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }]],
  ['an empty section', [{ type: 'section' }]],
  ['a long header', [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }]],
  ['a long markdown block', [{ type: 'markdown', text: 'x'.repeat(12_001) }]],
  [
    'two long markdown blocks',
    [
      { type: 'markdown', text: 'x'.repeat(7000) },
      { type: 'markdown', text: 'x'.repeat(5001) },
    ],
  ],
  ['too many context elements', [{ type: 'context', elements: Array.from({ length: 11 }, () => ({ type: 'mrkdwn', text: 'x' })) }]],
  ['too many buttons', [{ type: 'actions', elements: Array.from({ length: 26 }, () => button('x').elements[0]) }]],
  [
    'a block_id twice',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
  ],
  [
    'too many tasks',
    [
      {
        type: 'plan',
        title: 'p',
        tasks: Array.from({ length: 51 }, (_, i) => ({ type: 'task_card', task_id: `${i}`, title: 't', status: 'complete' })),
      },
    ],
  ],
  ['a task of no status', [{ type: 'task_card', task_id: '1', title: 't', status: 'cancelled' }]],
  ['a wide table', [{ type: 'table', rows: [Array.from({ length: 21 }, () => ({ type: 'raw_text', text: 'x' }))] }]],
])('%s is refused as invalid_blocks', async (_name, blocks) => {
  const { web } = await start();
  expect(await refusal(web.apiCall('chat.postMessage', { channel: 'C_DATA', text: 'x', blocks }))).toBe('invalid_blocks');
});

test('the blocks we use are taken; too much text in all, or none, is refused', async () => {
  const { web, slack } = await start();
  const rich = { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }] };
  const blocks = [
    { type: 'section', text: { type: 'mrkdwn', text: 'x' } },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'x' }] },
    { type: 'header', text: { type: 'plain_text', text: 'x' } },
    { type: 'divider' },
    { type: 'markdown', text: '**x**' },
    rich,
    { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] },
    { type: 'plan', title: 'p', tasks: [{ type: 'task_card', task_id: '1', title: 't', status: 'complete', details: rich }] },
    { type: 'task_card', task_id: '2', title: 't', status: 'error' },
    button('Go', { value: 'v', style: 'primary' }),
  ];
  await web.apiCall('chat.postMessage', { channel: 'C_DATA', text: 'x', blocks });
  expect(slack.messages('C_DATA')[0]?.blocks).toHaveLength(10);
  const wall = Array.from({ length: 5 }, () => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2700) } }));
  expect(await refusal(web.apiCall('chat.postMessage', { channel: 'C_DATA', text: 'x', blocks: wall }))).toBe('msg_blocks_too_long');
  expect(await refusal(web.apiCall('chat.postMessage', { channel: 'C_DATA', blocks: '[{' }))).toBe('invalid_blocks_format');
  expect(await refusal(web.apiCall('chat.postMessage', { channel: 'C_DATA' }))).toBe('no_text');
  expect(await refusal(web.chat.postMessage({ channel: 'C_DATA', text: 'x'.repeat(40_001) }))).toBe('msg_too_long');
  expect(await refusal(web.apiCall('chat.postMessage', { channel: 'C_DATA', text: 'x', metadata: { a: 1 } }))).toBe(
    'invalid_metadata_format',
  );
});

test('rates: a tier per method with Retry-After, one post a second in a channel after a burst, a scale, and off', async () => {
  const { slack, web, clock } = await start({ rates: 1 });
  const posted = await web.chat.postMessage({ channel: 'C_DATA', text: '0' });
  const update = (text: string) => web.chat.update({ channel: 'C_DATA', ts: posted.ts ?? '', text });
  for (let i = 0; i < 50; i++) await update(`${i}`);
  await expect(update('x')).rejects.toMatchObject({ retryAfter: 60 });
  await clock.turn(60_001);
  expect(await refusal(update('x'))).toBe('ok');
  for (let i = 0; i < 10; i++) await web.chat.postMessage({ channel: 'C_DATA', text: `${i}` });
  await expect(web.chat.postMessage({ channel: 'C_DATA', text: 'x' })).rejects.toBeInstanceOf(WebAPIRateLimitedError);
  expect(await refusal(web.chat.postMessage({ channel: 'D_ANA', text: 'x' }))).toBe('ok');
  slack.change({ rates: 0.02 });
  await clock.turn(60_001);
  await update('1');
  await expect(update('2')).rejects.toBeInstanceOf(WebAPIRateLimitedError);
  slack.change({ rates: false });
  expect(await refusal(update('3'))).toBe('ok');
});

test('faults: a status, an error, a 429, a hang, a delay, and a stored post whose answer is lost', async () => {
  const { slack, web, clock } = await start();
  const post = (text: string) => web.chat.postMessage({ channel: 'C_DATA', text });
  slack.faults.on('chat.postMessage', { status: 503 });
  await expect(post('a')).rejects.toBeInstanceOf(WebAPIHTTPError);
  slack.faults.on('chat.postMessage', { error: 'fatal_error', times: 2 });
  expect([await refusal(post('b')), await refusal(post('c')), await refusal(post('d'))]).toEqual(['fatal_error', 'fatal_error', 'ok']);
  slack.faults.on('chat.postMessage', { retryAfter: 7 });
  await expect(post('e')).rejects.toMatchObject({ retryAfter: 7 });
  slack.faults.on('chat.postMessage', { hang: true });
  const hasty = new WebClient(slack.botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 }, timeout: 150, logger: QUIET });
  await expect(hasty.chat.postMessage({ channel: 'C_DATA', text: 'f' })).rejects.toBeInstanceOf(WebAPIRequestError);
  slack.faults.on('chat.postMessage', { afterHandler: true });
  await expect(post('kept')).rejects.toBeInstanceOf(WebAPIRequestError);
  slack.faults.on('chat.postMessage', { delayMs: 60 });
  const late = post('late');
  await eventually(() => clock.waits()).toEqual([60]);
  expect(slack.messages('C_DATA').map((message) => message.text)).not.toContain('late');
  await clock.turn(60);
  await late;
  const off = slack.faults.on('chat.postMessage', { status: 500, times: Number.POSITIVE_INFINITY });
  off();
  await post('end');
  expect(slack.messages('C_DATA').map((message) => message.text)).toEqual(['d', 'kept', 'late', 'end']);
  expect(
    slack.calls
      .filter((call) => call.method === 'chat.postMessage')
      .map((call) => call.outcome)
      .slice(0, 3),
  ).toEqual(['503', 'fatal_error', 'fatal_error']);
});

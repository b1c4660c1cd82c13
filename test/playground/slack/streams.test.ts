// Streams: states, the five-minute seal, size and task limits, merging, recipients and who sees what, through the real WebClient.
import type { ChatStartStreamArguments } from '@slack/web-api';
import { expect, test } from 'vitest';
import { refusal, type Started, start } from './start.ts';

type Chunks = NonNullable<ChatStartStreamArguments['chunks']>;
const task = (id: string, status: 'in_progress' | 'complete', rest: object = {}) => ({
  type: 'task_update' as const,
  id,
  title: `task ${id}`,
  status,
  ...rest,
});
const text = (words: string) => ({ type: 'markdown_text' as const, text: words });

async function begin({ web }: Started, chunks: Chunks = [text('hello ')]) {
  const root = await web.chat.postMessage({ channel: 'C_DATA', text: 'root' });
  const recipient = { recipient_user_id: 'U_ANA', recipient_team_id: 'T_ACME' };
  const started = await web.chat.startStream({
    channel: 'C_DATA',
    thread_ts: root.ts ?? '',
    task_display_mode: 'plan',
    chunks,
    ...recipient,
  });
  const at = { channel: 'C_DATA', ts: started.ts ?? '' };
  const append = (...more: Chunks) => web.chat.appendStream({ ...at, chunks: more });
  return { root: root.ts ?? '', at, append };
}

test('a stream is fed and stopped; titles and status are replaced, details and output appended', async () => {
  const started = await start();
  const { slack, web } = started;
  const { at, append, root } = await begin(started, [{ type: 'plan_update', title: 'Plan' }, task('1', 'in_progress', { details: 'a' })]);
  await append(task('1', 'in_progress', { title: 'new title', details: 'b' }), text('done'));
  await append(task('1', 'complete', { output: 'o' }));
  const blocks = [{ type: 'divider' as const }];
  await web.chat.stopStream({ ...at, blocks, session_status: 'suspended', metadata: { event_type: 'x', event_payload: {} } });
  const [message] = slack.messages('C_DATA', root).filter((one) => one.ts === at.ts);
  expect(message?.stream).toMatchObject({
    live: false,
    displayMode: 'plan',
    chunks: { planTitle: 'Plan', text: 'done', tasks: [{ id: '1', title: 'task 1', status: 'complete', details: 'ab', output: 'o' }] },
  });
  expect(message?.stream?.error).toBeUndefined();
  expect(message?.stream?.chunks.blocks).toHaveLength(1);
  expect(slack.messages('C_DATA')[0]?.agentStatus).toBe('suspended');
  const replies = await web.conversations.replies({ channel: 'C_DATA', ts: root, include_all_metadata: true });
  expect(replies.messages?.[1]?.blocks?.map((block) => block.type)).toEqual(['plan', 'markdown', 'divider']);
  expect(replies.messages?.[1]?.metadata).toEqual({ event_type: 'x', event_payload: {} });
  expect(await refusal(append(text('x')))).toBe('message_not_in_streaming_state');
  expect(await refusal(web.chat.stopStream(at))).toBe('message_not_in_streaming_state');
});

test('while streaming it can be neither updated nor deleted; kinds are not mixed', async () => {
  const started = await start();
  const { web } = started;
  const { at } = await begin(started);
  expect(await refusal(web.chat.update({ ...at, text: 'x' }))).toBe('streaming_state_conflict');
  expect(await refusal(web.chat.delete(at))).toBe('cant_delete_message');
  expect(await refusal(web.chat.appendStream({ ...at, markdown_text: 'x' }))).toBe('streaming_mode_mismatch');
  expect(await refusal(web.apiCall('chat.appendStream', { ...at, markdown_text: 'x', chunks: [text('y')] }))).toBe(
    'cannot_provide_both_markdown_text_and_chunks',
  );
  expect(await refusal(web.apiCall('chat.appendStream', at))).toBe('invalid_arguments');
  expect(
    await refusal(web.apiCall('chat.appendStream', { ...at, chunks: [{ type: 'task_update', id: '1', title: 't', status: 'cancelled' }] })),
  ).toBe('invalid_chunks');
  expect(await refusal(web.apiCall('chat.appendStream', { ...at, chunks: [{ type: 'dance' }] }))).toBe('invalid_chunks');
  const posted = await web.chat.postMessage({ channel: 'C_DATA', text: 'plain' });
  expect(await refusal(web.chat.appendStream({ channel: 'C_DATA', ts: posted.ts ?? '', chunks: [text('x')] }))).toBe(
    'message_not_in_streaming_state',
  );
});

test('five minutes after its start a stream is sealed whatever is appended; only chat.update repairs the pill', async () => {
  const started = await start();
  const { slack, web, clock } = started;
  const { at, append } = await begin(started, [task('1', 'in_progress')]);
  await clock.turn(299_000);
  expect(await refusal(append(text('still ')))).toBe('ok');
  await clock.turn(1_001);
  expect(await refusal(append(text('x')))).toBe('message_not_in_streaming_state');
  expect(await refusal(web.chat.stopStream(at))).toBe('message_not_in_streaming_state');
  const shown = () => slack.messages('C_DATA').find((message) => message.ts === at.ts);
  expect(shown()?.stream).toMatchObject({ live: false, error: 'Something went wrong' });
  await web.chat.update({ ...at, text: 'repaired' });
  expect(shown()?.stream).toBeUndefined();
  expect(shown()?.text).toBe('repaired');
});

test('stopped with an open task it shows an error', async () => {
  const started = await start();
  const { at } = await begin(started, [task('1', 'in_progress')]);
  await started.web.chat.stopStream(at);
  expect(started.slack.messages('C_DATA').at(-1)?.stream?.error).toBe('Something went wrong');
});

test('at 10.6 kB, details and output weighing twice, and above 50 tasks it is refused and unchanged', async () => {
  const started = await start();
  const { slack, web } = started;
  const { at, append } = await begin(started, [text('é'.repeat(2000))]);
  await append(task('1', 'complete', { details: 'd'.repeat(3000) }));
  expect(await refusal(append(text('x'.repeat(700))))).toBe('msg_too_long');
  expect(await refusal(append(text('x'.repeat(500))))).toBe('ok');
  expect(slack.messages('C_DATA').at(-1)?.text).toHaveLength(2500);
  expect(await refusal(web.chat.stopStream({ ...at, chunks: [text('x'.repeat(700))] }))).toBe('msg_too_long');
  const other = await begin(started);
  await other.append(...Array.from({ length: 50 }, (_, i) => task(`${i}`, 'complete')));
  expect(await refusal(other.append(task('50', 'complete')))).toBe('invalid_chunks');
});

test('outside DMs a recipient is needed, and a channel type can be switched off', async () => {
  const { slack, web } = await start();
  const root = await web.chat.postMessage({ channel: 'C_DATA', text: 'root' });
  const begin = (rest: object, channel = 'C_DATA') => refusal(web.apiCall('chat.startStream', { channel, chunks: [text('x')], ...rest }));
  const thread_ts = root.ts;
  expect(await begin({ thread_ts })).toBe('missing_recipient_user_id');
  expect(await begin({ thread_ts, recipient_user_id: 'U_ANA' })).toBe('missing_recipient_team_id');
  expect(await begin({}, 'D_ANA')).toBe('ok');
  expect(await begin({}, 'C_RANDOM')).toBe('not_in_channel');
  slack.change({ streamsIn: ['im'] });
  expect(await begin({ thread_ts, recipient_user_id: 'U_ANA', recipient_team_id: 'T_ACME' })).toBe('channel_type_not_supported');
});

test('in a channel the recipient sees it live, others the first chunk until the stop', async () => {
  const started = await start();
  const { slack, web } = started;
  const { at, append } = await begin(started, [text('first ')]);
  await append(text('second'));
  const seen = (who: string) =>
    slack
      .as(who)
      .messages('C_DATA')
      .find((message) => message.ts === at.ts);
  expect([seen('ana')?.text, seen('ben')?.text, seen('ben')?.stream?.live]).toEqual(['first second', 'first ', true]);
  await web.chat.stopStream(at);
  expect(seen('ben')?.text).toBe('first second');
});

test('a person stops it: appends are refused, the status stays; agents.sessions wants an agent', async () => {
  const started = await start();
  const { slack, web } = started;
  const { at, append, root } = await begin(started, [task('1', 'in_progress')]);
  expect(slack.messages('C_DATA')[0]?.agentStatus).toBe('processing');
  slack.as('ana').stop('C_DATA', root);
  expect(await refusal(append(text('x')))).toBe('stopped_by_user');
  expect(await refusal(web.chat.stopStream(at))).toBe('message_not_in_streaming_state');
  expect(slack.messages('C_DATA')[0]?.agentStatus).toBe('processing');
  const set = () => refusal(web.agents.sessions.setStatus({ channel_id: 'C_DATA', thread_ts: root, status: 'active' }));
  expect(await set()).toBe('ok');
  expect(slack.messages('C_DATA')[0]?.agentStatus).toBe('active');
  slack.change({ agentView: false });
  expect(await set()).toBe('not_authorized');
});

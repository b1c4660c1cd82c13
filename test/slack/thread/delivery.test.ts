// What people see where Slack does not take a stored message: a lesser form of it at once, and all that comes after it; or the message itself, later.
import { expect } from 'vitest';
import type { ThreadMessage } from '../../../src/conversation/thread-port.ts';
import { LeaseLostError } from '../../../src/values/errors.ts';
import { buttonsOf, textOf } from '../../flows/thread.ts';
import { eventually } from '../../playground/slack/start.ts';
import { AFTER, ELSEWHERE, isFile, MESSAGES, methodOf, SENT, test } from './delivery-rig.ts';

const KINDS = Object.keys(MESSAGES) as ThreadMessage['kind'][];

/** What stands in the thread in its place. */
const IN_WORDS: Record<ThreadMessage['kind'], string> = {
  reply: '<@U_ANA> I made **it** for &lt;!channel&gt;.',
  result: '<@U_ANA> Version 2 is deployed to *dev*.',
  archive: 'I can’t send the zip of version 2 here: Slack',
  release: 'I can’t send the file with all that the plan of version 2 would change here: Slack',
  write: 'I can’t show the card with the button for what you asked for here: Slack',
  write_result: '<@U_ANA> Done: Run job',
  card: 'I can’t show the card of version 2 here: Slack',
};

test.for(
  KINDS.flatMap((kind) =>
    (isFile(kind) ? ['file_update_failed', 'malware_detected'] : ['invalid_blocks', 'msg_blocks_too_long', 'no_text']).map((code) => ({
      kind,
      code,
    })),
  ),
)(
  '$kind that is refused for good ($code) is said in words at once, and what comes after it as well',
  async ({ kind, code }, { rig: { refuse, sayAll, inThread, openly, direct, states, clock } }) => {
    refuse(kind, { error: code });
    const since = clock.now();
    await sayAll([MESSAGES[kind], AFTER]);
    const [lesser, after] = inThread();
    expect(textOf(lesser ?? expect.fail('nothing'))).toContain(IN_WORDS[kind]);
    if (isFile(kind)) expect(textOf(lesser ?? expect.fail())).toContain(`(\`${code}\`)`);
    if (isFile(kind)) expect(buttonsOf(lesser ?? expect.fail()).send_file?.value).toBe('m0');
    expect(textOf(after ?? expect.fail('nothing after it'))).toContain(AFTER.text);
    expect([openly(), direct(), clock.now() - since]).toEqual([[], [], 0]);
    expect(await states()).toEqual(SENT);
  },
);

test('the button in the place of a zip sends it directly', async ({ rig: { newThread, refuse, sayAll, direct } }) => {
  refuse('archive', { error: 'malware_detected' });
  await sayAll([MESSAGES.archive]);
  const answer = await newThread().handOver('press', 'm0', { team: 'T_ACME', user: 'U_ANA' });
  expect([answer, direct().flatMap(({ files }) => files ?? []).length]).toEqual(['I have sent it to you directly.', 1]);
});

test.for(
  KINDS.flatMap((kind) => ['not_in_channel', 'channel_not_found', 'is_archived', 'thread_not_found'].map((code) => ({ kind, code }))),
)(
  '$kind whose place is closed ($code) is said in direct messages',
  async ({ kind, code }, { rig: { refuse, sayAll, inThread, openly, direct, states } }) => {
    refuse(kind, { error: code });
    await sayAll([MESSAGES[kind]]);
    const [said, ...more] = direct();
    expect([inThread(), openly(), more]).toEqual([[], [], []]);
    expect(textOf(said ?? expect.fail('nothing'))).toContain(ELSEWHERE[kind]);
    if (isFile(kind)) expect(said?.files).toHaveLength(1);
    else expect(textOf(said ?? expect.fail())).toContain('I can’t write in the thread about job 1 any more');
    expect(await states()).toEqual(SENT.slice(0, 1));
  },
);

test.for(KINDS.flatMap((kind) => ['fatal_error', 'internal_error'].map((code) => ({ kind, code }))))(
  '$kind is looked for after $code, and said once',
  async ({ kind, code }, { rig: { refuse, sayAll, inThread, calls } }) => {
    refuse(kind, { error: code, afterHandler: true });
    await sayAll([MESSAGES[kind], AFTER]);
    expect(inThread()).toHaveLength(2);
    expect(calls(methodOf(kind))).toBe(isFile(kind) ? 1 : 2);
  },
);

test.for(KINDS)('%s with which Slack fails again and again is said in words', async (kind, { rig: { refuse, sayAll, inThread } }) => {
  refuse(kind, { error: 'internal_error', times: 6 });
  await sayAll([MESSAGES[kind], AFTER]);
  expect(inThread().map(textOf)).toMatchObject([expect.stringContaining(IN_WORDS[kind]), expect.stringContaining(AFTER.text)]);
});

test.for(KINDS)('%s is said as meant after an outage of Slack', async (kind, { rig: { slack, refuse, sayAll, inThread, clock } }) => {
  const [away, mute] = [refuse(kind, { status: 503, times: 1000 }), slack.faults.on('auth.test', { error: 'invalid_auth', times: 1000 })];
  const cancel = clock.after(1_800_000, () => {
    away();
    mute();
  });
  await sayAll([MESSAGES[kind]]);
  cancel();
  const [said, ...more] = inThread();
  expect(more).toEqual([]);
  if (isFile(kind)) expect(said?.files).toHaveLength(1);
  else expect(said?.blocks?.length).toBeGreaterThan(0);
});

test('what fails just before Slack is back is said as meant', async ({ rig: { slack, refuse, sayAll, inThread } }) => {
  refuse('reply', { error: 'internal_error', times: 7 });
  slack.faults.on('auth.test', { error: 'internal_error', times: 1 });
  await sayAll([MESSAGES.reply]);
  expect(inThread()[0]?.blocks?.length).toBeGreaterThan(0);
});

test.for([
  ['a revoked token', { error: 'token_revoked', times: Number.POSITIVE_INFINITY }, 'token_revoked'],
  ['a dead one', { error: 'invalid_auth', times: Number.POSITIVE_INFINITY }, 'invalid_auth'],
] as const)('with %s everything is held, which is told, and said later', async ([, fault, code], { rig }) => {
  const { slack, clock, newThread, store, conversation, inThread } = rig;
  const off = slack.faults.on('chat.postMessage', fault);
  const thread = newThread();
  await store('m0', AFTER);
  const delivered = thread.deliver('m0', conversation, AFTER);
  await eventually(thread.held).toContain(code);
  await clock.turn(3_600_000);
  expect([inThread(), thread.held()]).toEqual([[], expect.stringContaining(code)]);
  off();
  await clock.turnUntil(delivered);
  expect([inThread().length, thread.held()]).toEqual([1, undefined]);
});

test('a scope that is missing is named, and what needs it waits for it', async ({ rig }) => {
  const { slack, clock, newThread, store, conversation, inThread } = rig;
  const { archive } = MESSAGES;
  const scopes = ['chat:write', 'channels:read', 'channels:history', 'users:read'];
  slack.change({ scopes });
  const thread = newThread();
  await store('m0', archive);
  const delivered = thread.deliver('m0', conversation, archive);
  await eventually(thread.held).toContain('missing_scope, needed: files:write');
  slack.change({ scopes: [...scopes, 'files:write'] });
  await clock.turnUntil(delivered);
  expect(inThread().flatMap(({ files }) => files ?? [])).toHaveLength(1);
});

test('a message that can’t be made is said in words', async ({ rig: { newThread, sayAll, inThread } }) => {
  const broken = newThread({ bundlesIn: () => ({ load: async () => undefined }) });
  await sayAll([MESSAGES.archive, AFTER], broken);
  expect(inThread().map(textOf)).toMatchObject([
    expect.stringContaining('the zip of version 2 here: something went wrong on my side'),
    expect.stringContaining(AFTER.text),
  ]);
});

test.for(KINDS)('%s whose words are refused too is named by its id', async (kind, { rig: { refuse, slack, sayAll, inThread, states } }) => {
  if (isFile(kind)) refuse(kind, { error: 'invalid_arguments' });
  slack.faults.on('chat.postMessage', { error: 'invalid_arguments', times: isFile(kind) ? 1 : 2 });
  await sayAll([MESSAGES[kind], AFTER]);
  const [named, after, ...more] = inThread().map(textOf);
  expect([named, after, more]).toEqual([
    expect.stringContaining('Slack takes in no form. Ask me here for what you miss; my log has it as `m0`.'),
    expect.stringContaining(AFTER.text),
    [],
  ]);
  expect(await states()).toEqual(SENT);
});

test('what can’t even be named is given up, and holds up nothing', async ({ rig: { refuse, sayAll, inThread, states } }) => {
  refuse('reply', { error: 'invalid_arguments', times: 3 });
  await sayAll([MESSAGES.reply, AFTER]);
  expect(inThread().map(textOf)).toMatchObject([expect.stringContaining(AFTER.text)]);
  expect(await states()).toEqual(SENT);
});

test('whoever has lost its right to say it leaves it to the other one', async ({
  rig: { newThread, store, conversation, outbox, states },
}) => {
  const lost = async () => {
    throw new LeaseLostError('Another process works on this.');
  };
  await store('m0', AFTER);
  const thread = newThread({ outbox: { ...outbox, sending: lost } });
  await expect(thread.deliver('m0', conversation, AFTER)).rejects.toBeInstanceOf(LeaseLostError);
  expect(await states()).toEqual([{ id: 'm0', state: 'pending' }]);
});

test('a long answer is said in parts, whole and in order, its code blocks closed and opened again', async ({ rig }) => {
  const { newThread, conversation, store, sayAll, inThread } = rig;
  const lines = Array.from({ length: 3000 }, (_, index) => `line ${index}`);
  const text = `Before.\n\n\`\`\`python\n${lines.join('\n')}\n\`\`\`\n\nAfter.`;
  const change = { path: 'a.yml', kind: 'changed' as const, lines: ['+ a'] };
  const reply: ThreadMessage = { kind: 'reply', to: 'U_ANA', text, changes: [change] };
  await sayAll([reply]);
  const parts = inThread().map((message) =>
    (message.blocks ?? []).filter(({ type }) => type === 'markdown').map((block) => String(block.text)),
  );
  expect(parts.length).toBeGreaterThan(2);
  expect(
    parts
      .flat()
      .join('\n')
      .match(/line \d+/g),
  ).toEqual(lines);
  for (const [words = ''] of parts) expect(words.split('```').length % 2).toBe(1);
  expect(inThread().map((message) => textOf(message).includes('<@U_ANA>'))).toEqual(parts.map((_, index) => index === 0));
  expect(parts.at(-1)?.join('\n')).toContain('a.yml');
  // Told again, by another process, nothing is said twice.
  await store('m0', reply);
  await newThread().deliver('m0', conversation, reply);
  expect(inThread()).toHaveLength(parts.length);
});

// What is said where the thread is gone: never in the open channel.
import { expect } from 'vitest';
import { textOf } from '../../flows/thread.ts';
import { eventually } from '../../playground/slack/start.ts';
import { AFTER, CHANNEL, ELSEWHERE, MESSAGES, SENT, test } from './delivery-rig.ts';

test('of a thread whose root message has been deleted nothing stays in the open channel: all goes to direct messages', async ({ rig }) => {
  const { web, threadTs, sayAll, openly, inThread, direct, calls, states } = rig;
  const { archive, card: version } = MESSAGES;
  const reply = { ...MESSAGES.reply, later: { threadTs } };
  await web.chat.delete({ channel: CHANNEL, ts: threadTs });
  const before = calls('chat.delete');
  await sayAll([reply, archive, version]);
  expect([openly(), inThread()]).toEqual([[], []]);
  // Only the first one had to be taken back.
  expect(calls('chat.delete') - before).toBe(1);
  expect(direct().map((message) => message.files?.length ?? textOf(message))).toEqual([
    expect.stringContaining(ELSEWHERE.reply),
    1,
    expect.stringContaining(ELSEWHERE.card),
  ]);
  // There it would ask for nothing.
  expect(JSON.stringify(direct())).not.toContain('ask_claude');
  expect(await states()).toEqual([...SENT, { id: 'm2', state: 'sent' }]);
});

test('the steps of a turn do not get out of a thread that is gone either', async ({ rig }) => {
  const { web, clock, turns, threadTs, conversation, newThread, openly, calls } = rig;
  const closed = Promise.withResolvers<void>();
  await web.chat.delete({ channel: CHANNEL, ts: threadTs });
  const before = calls('chat.delete');
  const nothing = async () => undefined;
  const progress = newThread({ turns: { ...turns, listClosed: async () => closed.resolve() } }).progress({
    ...{ turnId: 't1', conversation, to: 'U_ANA', resumeTs: undefined, shown: nothing, stopped: () => undefined },
  });
  progress.step({ id: 'read', title: 'Reading', status: 'in_progress' });
  await eventually(() => calls('chat.delete') - before).toBe(1);
  progress.step({ id: 'read', title: 'Reading', status: 'complete' });
  progress.end('done');
  await clock.turnUntil(closed.promise);
  expect([openly(), calls('chat.delete') - before, calls('chat.postMessage')]).toEqual([[], 1, 1]);
});

test('what a killed process had posted into the open channel is taken back', async ({ rig }) => {
  const { slack, web, threadTs, conversation, newThread, store, sayAll, openly, direct } = rig;
  await web.chat.delete({ channel: CHANNEL, ts: threadTs });
  await store('m0', AFTER);
  // It dies before it hears what has become of its call.
  slack.faults.on('chat.postMessage', { afterHandler: true, hang: true });
  void newThread()
    .deliver('m0', conversation, AFTER)
    .catch(() => undefined);
  await eventually(() => openly().length).toBe(1);
  await sayAll([AFTER]);
  expect([openly(), direct().length]).toEqual([[], 1]);
});

// Drawing goes on in the background: what people wait for does not wait for it, and whatever a process leaves or can't draw is drawn later.
import { expect } from 'vitest';
import type { Fault } from '../../../src/playground/slack/methods/faults.ts';
import { eventually } from '../../playground/slack/start.ts';
import { AFTER, test as base, CHANNEL } from './delivery-rig.ts';

/** Longer than it is until a process looks for what is left. */
const LOOK_MS = 16_000;

const test = base.extend('drawn', async ({ rig }, { onCleanup }) => {
  const { slack, rates, turns, redraws, newThread, outbox, threadTs } = rig;
  await outbox.add({ id: 'c/anchor', kind: 'post', payload: {} });
  await outbox.sent('c/anchor', threadTs);
  const threads: ReturnType<typeof newThread>[] = [];
  onCleanup(async () => {
    for (const thread of threads) await thread.stop();
  });
  const root = () => JSON.stringify(slack.messages(CHANNEL).find(({ ts }) => ts === threadTs)?.blocks ?? []);
  return {
    newProcess: () => {
      const thread = newThread();
      threads.push(thread);
      return thread;
    },
    /** Whether the root message offers Stop, which it does while a turn is under way. */
    showsWork: () => root().includes('"stop"'),
    async beginTurn(id: string) {
      await turns.insert({ id, conversationId: 'c', slackUser: 'U_ANA', text: 'hi', eventKey: id });
      await turns.start(id);
    },
    async useUp() {
      while (await rates.take('chat.update', 0));
    },
    /** Nothing is left to be drawn. */
    isDrawn: async () => (await redraws.asked('c')) === undefined,
    listTitles: () =>
      slack
        .messages(CHANNEL, threadTs)
        .flatMap(({ blocks = [] }) => blocks)
        .flatMap((block) => (block.type === 'plan' ? [block.title] : [])),
  };
});

test('what people wait for is said while a drawing waits for its turn, and then the newest state is drawn', async ({ rig, drawn }) => {
  const { clock, turns, conversation, store, inThread, calls } = rig;
  const { newProcess, beginTurn, useUp, showsWork, isDrawn } = drawn;
  const thread = newProcess();
  await beginTurn('t1');
  await useUp();
  await thread.refresh(conversation);
  await store('m0', AFTER);
  await thread.deliver('m0', conversation, AFTER);
  expect([inThread().length, showsWork(), calls('chat.update')]).toEqual([1, false, 0]);
  await beginTurn('t2');
  await turns.finish('t1', 'done');
  await thread.refresh(conversation);
  await clock.turn(62_000);
  await eventually(isDrawn).toBe(true);
  expect([showsWork(), calls('chat.update')]).toEqual([true, 1]);
});

test('what comes of a press is drawn before all that takes turns', async ({ rig, drawn }) => {
  const { rates, conversation } = rig;
  const { newProcess, beginTurn, showsWork, isDrawn } = drawn;
  const over = new AbortController();
  const others = Array.from({ length: 30 }, () => rates.turn('chat.update', over.signal));
  await Promise.all(others.slice(0, 2));
  const thread = newProcess();
  await beginTurn('t1');
  // Somebody has asked for it before, and it waits.
  await thread.refresh(conversation);
  expect(showsWork()).toBe(false);
  await thread.refresh(conversation, true);
  // No time goes by.
  await eventually(isDrawn).toBe(true);
  expect(showsWork()).toBe(true);
  over.abort();
  await Promise.all(others);
});

test('what a dead process has not drawn another one draws', async ({ rig, drawn }) => {
  const { redraws } = rig;
  const { newProcess, beginTurn, showsWork, isDrawn } = drawn;
  await beginTurn('t1');
  await redraws.ask('c');
  newProcess().start();
  await eventually(isDrawn).toBe(true);
  expect(showsWork()).toBe(true);
});

test.for<[string, Fault]>([
  ['does not get done', { status: 503, times: 1 }],
  ['refuses since the bot’s token is not taken', { error: 'token_revoked', times: 1 }],
])('what Slack %s is drawn some time later', async ([, fault], { rig, drawn }) => {
  const { slack, clock, conversation, calls } = rig;
  const { newProcess, beginTurn, showsWork, isDrawn } = drawn;
  const thread = newProcess();
  await beginTurn('t1');
  slack.faults.on('chat.update', fault);
  await thread.refresh(conversation);
  await eventually(() => calls('chat.update')).toBe(1);
  expect(showsWork()).toBe(false);
  thread.start();
  // A look is left out while the one before it lasts, which finds nothing as long as the drawing holds its lease.
  const all = async () => {
    while (!(await isDrawn())) await clock.sleep(LOOK_MS);
  };
  await clock.turnUntil(all());
  expect(showsWork()).toBe(true);
});

test('a list of steps is closed after its turn has ended, and nobody waits for that', async ({ rig, drawn }) => {
  const { clock, turns, steps, conversation } = rig;
  const { newProcess, beginTurn, useUp, listTitles, isDrawn } = drawn;
  const thread = newProcess();
  await beginTurn('t1');
  const progress = thread.progress({
    ...{ turnId: 't1', conversation, to: 'U_ANA', resumeTs: undefined, stopped: () => undefined },
    shown: (ts) => turns.setProgress('t1', ts),
  });
  const step = { id: 'read', title: 'Reading', status: 'in_progress' } as const;
  await steps.save('t1', step);
  progress.step(step);
  await eventually(listTitles).toEqual(['Working on it']);
  await useUp();
  progress.end('done');
  await turns.finish('t1', 'done');
  await thread.refresh(conversation);
  await clock.turnUntil(clock.sleep(70_000));
  await eventually(isDrawn).toBe(true);
  expect(listTitles()).toEqual(['Done']);
  expect(await turns.openLists('c')).toEqual([]);
});

test('a list that a dead process has left open is closed with what its rows say', async ({ rig, drawn }) => {
  const { turns, steps, redraws, web, conversation } = rig;
  const { newProcess, beginTurn, listTitles, isDrawn } = drawn;
  await beginTurn('t1');
  const { threadTs: thread_ts } = conversation;
  const { ts } = await web.chat.postMessage({ channel: CHANNEL, thread_ts, text: 'steps' });
  await turns.setProgress('t1', ts ?? '');
  await steps.save('t1', { id: 'read', title: 'Reading', status: 'in_progress' });
  await turns.finish('t1', 'failed');
  await redraws.ask('c');
  newProcess().start();
  await eventually(isDrawn).toBe(true);
  expect(listTitles()).toEqual(['That did not work']);
  expect(await turns.openLists('c')).toEqual([]);
});

// A thread with many cards, all of which are to be drawn anew: what is said there waits for none of them.
import { expect } from 'vitest';
import { textOf } from '../../flows/thread.ts';
import { AFTER, MESSAGES, test } from './delivery-rig.ts';

const CARDS = 60;
const MINUTE_MS = 60_000;

test('an answer waits for no drawing after a restart, and the cards follow at the pace that Slack allows', async ({ rig }) => {
  const { slack, clock, outbox, conversation, newThread, drawAll, store, inThread, calls } = rig;
  const before = newThread();
  const cards = Array.from({ length: CARDS }, (_, index) => ({ id: `card${index}`, message: { ...MESSAGES.card, version: index + 1 } }));
  for (const { id, message } of cards) {
    await store(id, message);
    await clock.turnUntil(before.deliver(id, conversation, message));
  }
  // What makes them other cards happens while no process draws.
  for (const { id, message } of cards) await outbox.change(id, { ...message, plan: { problem: 'Another problem.', next: 'Wait.' } });
  slack.change({ rates: 1 });
  await clock.turn(MINUTE_MS);
  const updates = calls('chat.update');
  const thread = newThread();
  const drawn = drawAll(thread);
  await store('m0', AFTER);
  // The clock stands still: it waits for nothing but Slack.
  await thread.deliver('m0', conversation, AFTER);
  expect(textOf(inThread().at(-1) ?? expect.fail())).toContain(AFTER.text);
  await clock.turnUntil(drawn);
  const shown = inThread().filter((message) => textOf(message).includes('Another problem.'));
  expect(shown).toHaveLength(CARDS);
  expect(slack.calls.filter(({ outcome }) => outcome === '429')).toEqual([]);
  // And the root message, of which this thread has no row: whoever draws can't know that it is shown.
  expect(calls('chat.update') - updates).toBe(CARDS + 1);
  await clock.turnUntil(drawAll(newThread()));
  expect(calls('chat.update') - updates).toBe(CARDS + 2);
});

// The rates never let more calls through than Slack's tiers, whichever process makes them; drawing takes turns and holds up nothing else.
import { expect } from 'vitest';
import { CALLS_PER_MINUTE, type LimitedMethod } from '../../../src/slack/bolt/rate-limits.ts';
import { UpstreamError } from '../../../src/values/errors.ts';
import { dbTest } from '../../storage/db-test.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { RATES_TABLE, ratesOf } from '../clients.ts';

const PER_MINUTE = CALLS_PER_MINUTE['chat.update'];

const test = dbTest(RATES_TABLE).extend('rig', async ({ db }) => {
  const clock = createTestClock();
  const start = clock.now();
  const made: { at: number; who: string }[] = [];
  const note = (who: string) => made.push({ at: clock.now() - start, who });
  const count = (who: string) => made.filter((call) => call.who === who).length;
  /** The most that were made in any minute. */
  const most = () => Math.max(...made.map(({ at }) => made.filter((other) => other.at > at - 60_000 && other.at <= at).length));
  /** As another process: the same rows, nothing in memory. */
  const newRates = () => ratesOf(db, clock);
  /** Draws again and again as a list of steps does, until it is over. */
  function draw(who: string, rates = newRates(), method: LimitedMethod = 'chat.update') {
    const over = new AbortController();
    const done = (async () => {
      while (await rates.turn(method, over.signal)) {
        note(who);
        await clock.sleep(3000, over.signal).catch(() => undefined);
      }
    })();
    return { done, end: () => over.abort() };
  }
  return { clock, made, note, count, most, newRates, draw };
});

test('two processes together keep to a minute’s calls, and each goes on when some are free', async ({ rig }) => {
  const { clock, note, count, most, newRates } = rig;
  const calls = [newRates(), newRates()].flatMap((rates, who) =>
    Array.from({ length: 40 }, () => rates.wait('chat.update').then(() => note(`${who}`))),
  );
  await clock.turnUntil(Promise.all(calls));
  expect([count('0'), count('1')]).toEqual([40, 40]);
  expect(most()).toBe(PER_MINUTE);
});

test('threads that are drawn take turns evenly, and what people wait for comes between at once', async ({ rig }) => {
  const { clock, made, note, count, most, newRates, draw } = rig;
  const drawn = Array.from({ length: 20 }, (_, thread) => draw(`thread ${thread}`));
  await clock.turnUntil(clock.sleep(150_000));
  const asked = made.length;
  await Promise.all(
    Array.from({ length: 4 }, () =>
      newRates()
        .wait('chat.update')
        .then(() => note('ending')),
    ),
  );
  // No time has gone by.
  expect(made.slice(asked).map(({ who }) => who)).toEqual(Array.from({ length: 4 }, () => 'ending'));
  await clock.turnUntil(clock.sleep(60_000));
  for (const { end } of drawn) end();
  await clock.turnUntil(Promise.all(drawn.map(({ done }) => done)));
  const times = drawn.map((_, thread) => count(`thread ${thread}`));
  expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(6);
  expect(most()).toBeLessThanOrEqual(PER_MINUTE);
});

test('one thread alone is drawn whenever it asks', async ({ rig: { clock, count, draw } }) => {
  const { end, done } = draw('only');
  await clock.turnUntil(clock.sleep(60_000));
  end();
  await clock.turnUntil(done);
  expect(count('only')).toBeGreaterThanOrEqual(20);
});

test('a wait to draw ends when nobody needs it any more', async ({ rig: { newRates } }) => {
  const rates = newRates();
  while (await rates.take('chat.stopStream', 0));
  const over = new AbortController();
  const wait = rates.turn('chat.stopStream', over.signal);
  over.abort();
  expect(await wait).toBe(false);
});

test('places of those who need them no more hold nobody up', async ({ rig: { clock, newRates, note, made } }) => {
  const rates = newRates();
  const over = new AbortController();
  const ended = Array.from({ length: 100 }, () => rates.turn('chat.update', over.signal));
  await Promise.all(ended.slice(0, 2));
  over.abort();
  await Promise.all(ended);
  const { signal } = new AbortController();
  await clock.turnUntil(rates.turn('chat.update', signal).then(() => note('next')));
  expect(made.at(-1)?.at).toBeLessThanOrEqual(3000);
});

test('it is said at once that no call may be made now', async ({ rig: { clock, newRates } }) => {
  const rates = newRates();
  const taken = [];
  for (let call = 0; call <= CALLS_PER_MINUTE['reactions.add']; call += 1) taken.push(await rates.take('reactions.add', 0));
  expect(taken.lastIndexOf(true)).toBe(taken.length - 2);
  await clock.turn(60_001);
  expect(await rates.take('reactions.add', 0)).toBe(true);
});

test('a busy channel is given about a message a second, and holds up no other', async ({ rig: { clock, made, note, count, newRates } }) => {
  const rates = newRates();
  const post = (channel: string) => rates.wait('chat.postMessage', channel).then(() => note(channel));
  const busy = Array.from({ length: 20 }, () => post('C_BUSY'));
  await Promise.all([post('C_OTHER'), post('C_OTHER')]);
  expect(made.filter(({ who }) => who === 'C_OTHER').map(({ at }) => at)).toEqual([0, 0]);
  await clock.turnUntil(Promise.all(busy));
  expect(count('C_BUSY')).toBe(20);
  expect(made.at(-1)?.at).toBeGreaterThanOrEqual(8000);
});

test('what Slack puts off is put off for all processes', async ({ rig: { clock, made, note, newRates } }) => {
  await newRates().putOff('conversations.replies', undefined, 30_000);
  const wait = newRates()
    .wait('conversations.replies')
    .then(() => note('look'));
  await clock.turnUntil(wait);
  expect(made.map(({ at }) => at)).toEqual([30_000]);
});

test('a clock that was wrong once keeps nobody waiting for long', async ({ db, rig: { clock, note, made } }) => {
  const wrong = { ...clock, now: () => clock.now() + 7 * 24 * 3_600_000 };
  await ratesOf(db, wrong).putOff('chat.update', undefined, 1000);
  await clock.turnUntil(
    ratesOf(db, clock)
      .wait('chat.update')
      .then(() => note('call')),
  );
  expect(made[0]?.at).toBeLessThanOrEqual(900_000);
});

test('where the database refuses for a moment, the call is made all the same', async ({ db, rig: { clock } }) => {
  const away = new UpstreamError({ service: 'postgres', operation: 'query', passing: true });
  await ratesOf({ ...db, query: () => Promise.reject(away) }, clock).wait('chat.update');
});

// What every clock keeps to: the machine's, the one sped up for the playground, and the one that tests turn.
import { describe, expect, it, vi } from 'vitest';
import { type Clock, createScaledClock, deadlineSignal, systemClock } from '../../src/values/clock.ts';
import { createTestClock } from './test-clock.ts';

const FACTOR = 20;
const turned = createTestClock();

/** Each clock, a wait that is short for it, and how that wait goes by without asking the clock. */
const CLOCKS: [string, { clock: Clock; ms: number; pass: (ms: number) => Promise<void> }][] = [
  ['the machine’s', { clock: systemClock, ms: 20, pass: systemClock.sleep }],
  [
    'a scaled one',
    { clock: createScaledClock({ factor: FACTOR, since: Date.now() }), ms: 20 * FACTOR, pass: (ms) => systemClock.sleep(ms / FACTOR) },
  ],
  ['the tests’', { clock: turned, ms: 20, pass: turned.turn }],
];

/** So long that it does not end within a test. */
const FAR = 1000;

describe.each(CLOCKS)('%s clock', (_name, { clock, ms, pass }) => {
  /** Lets time pass until `done`. */
  const until = async (done: () => boolean) => {
    while (!done()) await pass(ms);
  };

  it('runs what falls due, once, not before its time, the sooner first', async () => {
    const began = clock.now();
    const ran: [string, number][] = [];
    clock.after(3 * ms, () => ran.push(['later', clock.now()]));
    clock.after(ms, () => ran.push(['sooner', clock.now()]));
    await until(() => ran.length > 1);
    await pass(3 * ms);
    expect(ran.map(([name]) => name)).toEqual(['sooner', 'later']);
    expect(ran[0]?.[1]).toBeGreaterThanOrEqual(began + ms - 1);
    expect(ran[1]?.[1]).toBeGreaterThanOrEqual(began + 3 * ms - 1);
  });

  it('forgets what was cancelled', async () => {
    const run = vi.fn();
    clock.after(ms, run)();
    clock.every(ms, run)();
    await pass(2 * ms);
    expect(run).not.toHaveBeenCalled();
  });

  it('repeats until it is told to stop, also by what it runs', async () => {
    let times = 0;
    const stop = clock.every(ms, () => {
      times += 1;
      if (times === 3) stop();
    });
    await until(() => times === 3);
    await pass(2 * ms);
    expect(times).toBe(3);
  });

  it('sleeps for as long as it was told', async () => {
    const began = clock.now();
    let woken = 0;
    const sleeping = clock.sleep(ms).then(() => {
      woken = clock.now();
    });
    await until(() => woken > 0);
    await sleeping;
    expect(woken).toBeGreaterThanOrEqual(began + ms - 1);
  });

  it('wakes with the reason of a signal, given before or while it sleeps', async () => {
    const reason = new Error('stop');
    await expect(clock.sleep(FAR * ms, AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const sleeping = clock.sleep(FAR * ms, stop.signal);
    stop.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});

describe.each([
  ['the machine’s', systemClock],
  ['a scaled one', createScaledClock({ factor: 1000, since: Date.now() })],
])('%s clock', (_name, clock) => {
  it('gives others real time', async () => {
    const began = performance.now();
    await new Promise<void>((resolve) => {
      clock.deadline(20, resolve);
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(19);
  });

  it('aborts a signal after that, as AbortSignal.timeout does', async () => {
    const signal = deadlineSignal(clock, 1);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a scaled clock', () => {
  it('tells every process the same time, ahead by its factor', () => {
    const since = Date.now() - 1000;
    const [one, other] = [createScaledClock({ factor: FACTOR, since }), createScaledClock({ factor: FACTOR, since })];
    vi.useFakeTimers({ toFake: ['Date'], now: since + 3000 });
    try {
      expect([one.now(), other.now()]).toEqual([since + 3000 * FACTOR, since + 3000 * FACTOR]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the tests’ clock', () => {
  it('stands still, says who waits, and runs what a timer sets on the way', async () => {
    const clock = createTestClock(5000);
    const seen: number[] = [];
    const work = (async () => {
      await clock.sleep(100);
      seen.push(clock.now());
      await clock.sleep(100);
      seen.push(clock.now());
    })();
    expect([clock.now(), clock.waits()]).toEqual([5000, [100]]);
    await clock.turn(250);
    expect([clock.now(), clock.waits(), seen]).toEqual([5250, [], [5100, 5200]]);
    await work;
  });

  it('counts a deadline as no wait, and runs it when it is reached', async () => {
    const clock = createTestClock(0);
    const signal = deadlineSignal(clock, 100);
    await clock.turnUntil(clock.sleep(50));
    expect([clock.now(), clock.waits(), signal.aborted]).toEqual([50, [], false]);
    await clock.turn(50);
    expect(signal.aborted).toBe(true);
  });

  it('turns until a promise is settled, either way', async () => {
    const clock = createTestClock(0);
    await clock.turnUntil(clock.sleep(60_000));
    expect(clock.now()).toBe(60_000);
    await expect(clock.turnUntil(clock.sleep(1000).then(() => Promise.reject(new Error('no'))))).rejects.toThrow('no');
  });
});

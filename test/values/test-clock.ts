// A clock that stands still until a test turns it.
import { type Clock, createClock } from '../../src/values/clock.ts';

export interface TestClock extends Clock {
  /** Moves on by `ms`: what falls due on the way runs in order, each at its own time, and promises settle in between. */
  turn(ms: number): Promise<void>;
  /** Moves on from wait to wait until the promise is settled, and answers as it does; requests and files get real time to happen. */
  turnUntil<T>(promise: Promise<T>): Promise<T>;
  /** How long each wait still lasts, in milliseconds, shortest first; deadlines are not among them. */
  waits(): number[];
}

/** Real time that requests and files get before `turnUntil` moves on. */
const REAL_MS = 5;

/** @param start milliseconds since 1970 */
export function createTestClock(start = Date.UTC(2030, 0, 1)): TestClock {
  let now = start;
  let nextId = 0;
  const timers = new Map<number, { readonly at: number; readonly run: () => void; readonly isWait: boolean }>();

  /** The timer that falls due first; of two at one time, the one that was set first. */
  const next = () => [...timers].sort(([, a], [, b]) => a.at - b.at)[0];
  const waits = () => [...timers.values()].flatMap(({ at, isWait }) => (isWait ? [at - now] : [])).sort((a, b) => a - b);
  const set = (ms: number, run: () => void, isWait: boolean) => {
    const id = nextId++;
    timers.set(id, { at: now + Math.max(0, ms), run, isWait });
    return () => timers.delete(id);
  };

  async function turnTo(target: number): Promise<void> {
    await settled();
    for (let due = next(); due !== undefined && due[1].at <= target; due = next()) {
      const [id, { at, run }] = due;
      timers.delete(id);
      now = Math.max(now, at);
      run();
      await settled();
    }
    now = Math.max(now, target);
  }

  const clock = createClock({
    now: () => now,
    after: (ms, run) => set(ms, run, true),
    deadline: (ms, run) => set(ms, run, false),
  });

  return {
    ...clock,
    turn: (ms) => turnTo(now + ms),
    async turnUntil(promise) {
      let over = false;
      const end = () => {
        over = true;
      };
      promise.then(end, end);
      while (!over) {
        await new Promise((resolve) => setTimeout(resolve, REAL_MS));
        const [shortest] = waits();
        if (!over && shortest !== undefined) await turnTo(now + shortest);
      }
      return promise;
    },
    waits,
  };
}

/** Once every promise has settled that waits for no timer, request or file. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

// How much at once and how often: slots for what is under way, which may rest after each piece of work.
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from './limits.ts';

export type Slots = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Ends the wait at once when the signal fires, with its reason: a place in a line and the SDK's pause between repeats can't be cut short. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Lets `size` pieces of work run at once; the others wait in the order they came. A slot rests `restMs` after its work: so in any `restMs`
 * at most `size` pieces happen, however long each is on its way. When the signal fires, whoever waits is let go at once, and work that has
 * not begun never is.
 */
export function createSlots(size: number, restMs = 0): Slots {
  const waiting: ((readyAt: number) => void)[] = [];
  /** When each free slot may be used. */
  const free = new Array<number>(size).fill(0);
  const inTurn: Slots = async (work, signal) => {
    let readyAt = free.shift() ?? (await new Promise<number>((resolve) => waiting.push(resolve)));
    try {
      const left = readyAt - performance.now();
      if (left > 0) await sleep(left);
      signal?.throwIfAborted();
      try {
        return await work();
      } finally {
        readyAt = performance.now() + restMs;
      }
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(readyAt);
      else next(readyAt);
    }
  };
  return (work, signal) => (signal === undefined ? inTurn(work) : orAborted(inTurn(work, signal), signal));
}

const byLimit = new Map<string, Slots>();

/** The slots of one rate limit of a host, shared by everybody in the process, as the limit is: any second sees at most so many calls. */
export function hostSlots(host: string, limit: 'exportsPerSecond' | 'permissionsPerSecond'): Slots {
  const key = `${limit} ${host}`;
  const slots = byLimit.get(key) ?? createSlots(LIMITS[limit], LIMITS.restMs);
  byLimit.set(key, slots);
  return slots;
}

// How much at once and how often: slots for what is under way, which may rest after each piece of work.
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from './limits.ts';

export type Slots = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * Lets `size` pieces of work run at once; the others wait in the order they came. A slot rests `restMs` after its work: so in any `restMs`
 * at most `size` pieces happen, however long each is on its way. Work whose signal has fired by its turn is not begun.
 */
export function createSlots(size: number, restMs = 0): Slots {
  const waiting: ((readyAt: number) => void)[] = [];
  /** When each free slot may be used. */
  const free = new Array<number>(size).fill(0);
  return async (work, signal) => {
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
}

const exportsOf = new Map<string, Slots>();

/** The slots for exports of a host, shared by everybody in the process, as the limit is. */
export function exportSlots(host: string): Slots {
  const slots = exportsOf.get(host) ?? createSlots(LIMITS.exportsAtOnce, LIMITS.exportRestMs);
  exportsOf.set(host, slots);
  return slots;
}

// How fast and how many at once: a sliding window that a whole host shares, and slots for what is under way.
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from './limits.ts';

/** When each of the last exports of a host was let go, oldest first, in ms; shared by everybody in the process, as the limit is. */
const sent = new Map<string, number[]>();

/** Waits until one more export may go out: never more than `exportsPerWindow` in any window. Rejects with the signal's reason when aborted. */
export async function exportTurn(host: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const moments = sent.get(host) ?? [];
  sent.set(host, moments);
  const now = performance.now();
  while (moments.length > 0 && (moments[0] ?? 0) <= now - LIMITS.exportWindowMs) moments.shift();
  const before = moments.at(-LIMITS.exportsPerWindow);
  const at = before === undefined ? now : Math.max(now, before + LIMITS.exportWindowMs);
  // Taken before the wait, so that whoever comes next queues behind.
  moments.push(at);
  if (at > now) await sleep(at - now, undefined, signal === undefined ? {} : { signal });
}

/** Lets `size` pieces of work run at once; the others wait in the order they came. */
export function createSlots(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = size;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

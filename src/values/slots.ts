// How much may happen at once and how often: work waits for a slot, and a slot may rest after its work.
import type { Clock } from './clock.ts';

type Slots = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Waits for `work`, but rejects with the signal's reason as soon as it fires, even where the work itself can't be stopped. */
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
 * Lets `size` pieces of work run at once; the others wait, first come, first served. After its work a slot rests for `rest.ms`, so within
 * any `rest.ms` at most `size` pieces happen, however long each takes. When a piece's signal fires, its caller stops waiting at once, and if
 * it has not begun it never does.
 */
export function createSlots(size: number, rest?: { readonly ms: number; readonly clock: Clock }): Slots {
  const waiting: ((readyAt: number) => void)[] = [];
  /** When each free slot may be used. */
  const free = new Array<number>(size).fill(0);
  const inTurn: Slots = async (work, signal) => {
    let readyAt = free.shift() ?? (await new Promise<number>((resolve) => waiting.push(resolve)));
    try {
      const left = rest === undefined ? 0 : readyAt - rest.clock.now();
      if (left > 0) await rest?.clock.sleep(left);
      signal?.throwIfAborted();
      try {
        return await work();
      } finally {
        if (rest !== undefined) readyAt = rest.clock.now() + rest.ms;
      }
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(readyAt);
      else next(readyAt);
    }
  };
  return (work, signal) => (signal === undefined ? inTurn(work) : orAborted(inTurn(work, signal), signal));
}

// What time it is and what falls due by it: a value that is handed in, so that tests can turn it and the playground can speed it up.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as that is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `run` after `ms`; what it returns cancels that. */
  after(ms: number, run: () => void, options?: TimerOptions): () => void;
  /** Runs `run` every `ms` until what it returns is called. */
  every(ms: number, run: () => void, options?: TimerOptions): () => void;
}

interface TimerOptions {
  /** A process that has nothing else to do need not stay for this. */
  readonly unref?: boolean;
}

/** A clock from its two foundations; the rest is waiting in other words. */
export function createClock({ now, after }: Pick<Clock, 'now' | 'after'>): Clock {
  return {
    now,
    after,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          cancel();
          reject(signal?.reason);
        };
        const cancel = after(ms, () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        });
        signal?.addEventListener('abort', stop, { once: true });
      });
    },
    every(ms, run, options) {
      let cancel = () => {};
      const arm = () => {
        cancel = after(
          ms,
          () => {
            arm();
            run();
          },
          options,
        );
      };
      arm();
      return () => cancel();
    },
  };
}

function realTimer(ms: number, run: () => void, options: TimerOptions = {}): () => void {
  const timer = setTimeout(run, ms);
  if (options.unref === true) timer.unref();
  return () => clearTimeout(timer);
}

/** The machine's own. */
export const systemClock: Clock = createClock({ now: Date.now, after: realTimer });

/**
 * Runs `factor` times as fast as the machine's clock from the moment `since` on: waits are that much shorter, and `now` that far ahead.
 * So whatever is compared with `now` (an expiry, the calls of the last minute, the time of a message) keeps its meaning, and two processes
 * with the same `factor` and `since` agree on the time, also after a restart. The database's clock, and with it leases, are not sped up.
 */
export function createScaledClock({ factor, since }: { factor: number; since: number }): Clock {
  return createClock({
    now: () => since + (Date.now() - since) * factor,
    // Node may fire a millisecond early, which is `factor` milliseconds here.
    after: (ms, run, options) => realTimer(Math.ceil(ms / factor) + 1, run, options),
  });
}

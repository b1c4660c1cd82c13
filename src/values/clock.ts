// What time it is and what falls due by it: a value that is handed in, so that tests can turn it and the playground can speed it up.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as that is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `run` after `ms`; what it returns cancels that. */
  after(ms: number, run: () => void): () => void;
  /** Runs `run` every `ms` until what it returns is called. */
  every(ms: number, run: () => void): () => void;
  /**
   * As `after`, for how long others may take: a server, a process, a person's browser. They work in real time, so nobody shortens this.
   * No process stays for it.
   */
  deadline(ms: number, run: () => void): () => void;
}

/** A clock from its foundations; the rest is waiting in other words. */
export function createClock(foundations: Pick<Clock, 'now' | 'after' | 'deadline'>): Clock {
  const { after } = foundations;
  return {
    ...foundations,
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
    every(ms, run) {
      let cancel = () => {};
      const arm = () => {
        cancel = after(ms, () => {
          arm();
          run();
        });
      };
      arm();
      return () => cancel();
    },
  };
}

/** Aborted with a TimeoutError after `ms`, which others had for their work. */
export function deadlineSignal(clock: Clock, ms: number): AbortSignal {
  const late = new AbortController();
  clock.deadline(ms, () => late.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
  return late.signal;
}

const realWait: Clock['after'] = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

const realDeadline: Clock['deadline'] = (ms, run) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};

/** The machine's own. */
export const systemClock: Clock = createClock({ now: Date.now, after: realWait, deadline: realDeadline });

/**
 * Runs `factor` times as fast as the machine's clock from the moment `since` on: waits are that much shorter, and `now` that far ahead.
 * So whatever is compared with `now` (an expiry, the calls of the last minute, the time of a message) keeps its meaning, and two processes
 * with the same `factor` and `since` agree on the time, also after a restart. The database's clock, and with it leases, is not sped up.
 */
export function createScaledClock({ factor, since }: { factor: number; since: number }): Clock {
  return createClock({
    now: () => since + (Date.now() - since) * factor,
    // Node may fire a millisecond early, which is `factor` milliseconds here.
    after: (ms, run) => realWait(Math.ceil(ms / factor) + 1, run),
    deadline: realDeadline,
  });
}

// The stand-in's time: the clock that was handed in, as long as the stand-in is open, and Slack's message timestamps.
import { type Clock, createClock } from '../../../values/clock.ts';

export interface Time extends Clock {
  /** A fresh message timestamp such as `1764000000.000100`; never the same twice, never going back. */
  ts(): string;
  /** Forgets whatever waits. */
  close(): void;
}

export function createTime(clock: Clock): Time {
  const waiting = new Set<() => void>();
  let lastMicros = 0;

  function kept(set: Clock['after'], ms: number, run: () => void): () => void {
    const cancel = set(ms, () => {
      waiting.delete(cancel);
      run();
    });
    waiting.add(cancel);
    return () => {
      waiting.delete(cancel);
      cancel();
    };
  }

  return {
    ...createClock({
      now: clock.now,
      after: (ms, run) => kept(clock.after, ms, run),
      deadline: (ms, run) => kept(clock.deadline, ms, run),
    }),
    ts() {
      lastMicros = Math.max(lastMicros + 1, Math.round(clock.now() * 1000));
      return `${Math.floor(lastMicros / 1_000_000)}.${String(lastMicros % 1_000_000).padStart(6, '0')}`;
    },
    close() {
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}

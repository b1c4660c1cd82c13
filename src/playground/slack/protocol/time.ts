// The stand-in's clock: what time it is, what falls due by that clock, and Slack's message timestamps.

export interface Time {
  /** Milliseconds since 1970 by the injected clock. */
  now(): number;
  /** Runs `work` once the clock has passed `ms` from now; the returned function cancels it. */
  after(ms: number, work: () => void): () => void;
  /** Runs everything that is due by now; requests call it first, so that an advanced clock is seen at once. */
  tick(): void;
  /** A fresh message timestamp such as `1764000000.000100`; never the same twice, never going back. */
  ts(): string;
  close(): void;
}

/** How often the clock is looked at while something waits: an injected clock can jump at any time. */
const LOOK_MS = 20;

/** @param clock milliseconds since 1970; `Date.now` unless a test moves time itself */
export function createTime(clock: () => number): Time {
  const waiting = new Map<number, { at: number; work: () => void }>();
  let looking: NodeJS.Timeout | undefined;
  let nextId = 0;
  let lastMicros = 0;

  function tick(): void {
    const now = clock();
    const due = [...waiting].filter(([, entry]) => entry.at <= now).sort(([, a], [, b]) => a.at - b.at);
    for (const [id] of due) waiting.delete(id);
    for (const [, entry] of due) entry.work();
    if (waiting.size === 0) stopLooking();
  }

  function stopLooking(): void {
    clearInterval(looking);
    looking = undefined;
  }

  return {
    now: clock,
    tick,
    after(ms, work) {
      const id = nextId++;
      waiting.set(id, { at: clock() + ms, work });
      looking ??= setInterval(tick, LOOK_MS).unref();
      return () => waiting.delete(id);
    },
    ts() {
      lastMicros = Math.max(lastMicros + 1, Math.round(clock() * 1000));
      return `${Math.floor(lastMicros / 1_000_000)}.${String(lastMicros % 1_000_000).padStart(6, '0')}`;
    },
    close() {
      waiting.clear();
      stopLooking();
    },
  };
}

// Keeps calls of one Slack method under its team-wide rate, shared by all threads; what people wait for goes before mere progress.
import type { Clock } from '../../values/clock.ts';

/** Calls in any 60 seconds by Slack's tiers, a little under what is published (facts: slack#rate-limits). */
export const CALLS_PER_MINUTE = {
  'chat.update': 48,
  'chat.startStream': 18,
  'chat.stopStream': 18,
  'chat.appendStream': 95,
  'users.list': 18,
  'reactions.add': 48,
} as const;
export type LimitedMethod = keyof typeof CALLS_PER_MINUTE;

/** Progress may use up this part of a minute's calls; the rest is kept for cards and endings. */
const PROGRESS_SHARE = 0.6;
const MINUTE_MS = 60_000;

export interface RateLimits {
  /** Resolves when a call of this method may be made; false when `signal` ended the wait. */
  wait(method: LimitedMethod, what: 'progress' | 'urgent', signal?: AbortSignal): Promise<boolean>;
  /** The same without waiting: false when none may be made now. */
  take(method: LimitedMethod): boolean;
}

export function createRateLimits(clock: Clock): RateLimits {
  /** When the calls of the last minute were made, oldest first. */
  const calls = new Map<LimitedMethod, number[]>();

  /** Counts a call, or answers which of those before it must be a minute ago first. */
  function count(method: LimitedMethod, limit: number): number | undefined {
    const recent = (calls.get(method) ?? []).filter((at) => at > clock.now() - MINUTE_MS);
    calls.set(method, recent);
    const freed = recent.at(-limit);
    if (freed === undefined) recent.push(clock.now());
    return freed;
  }

  return {
    take: (method) => count(method, CALLS_PER_MINUTE[method]) === undefined,

    async wait(method, what, signal) {
      const limit = Math.floor(CALLS_PER_MINUTE[method] * (what === 'progress' ? PROGRESS_SHARE : 1));
      for (;;) {
        const freed = count(method, limit);
        if (freed === undefined) return true;
        try {
          await clock.sleep(freed + MINUTE_MS - clock.now() + 1, signal);
        } catch (error) {
          if (signal?.aborted) return false;
          throw error;
        }
      }
    },
  };
}

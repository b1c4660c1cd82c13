// Rate limits per method and team, and per channel for posting: how long a caller must wait (facts: slack#rate-limits).
import { POST_BURST, POSTS_PER_SECOND, TIER_PER_MINUTE } from '../protocol/limits.ts';
import type { Time } from '../protocol/time.ts';

const TIERS: Readonly<Record<string, 1 | 2 | 3 | 4>> = {
  'apps.connections.open': 4,
  'auth.test': 4,
  'agents.sessions.setStatus': 3,
  'chat.startStream': 2,
  'chat.stopStream': 2,
  'chat.appendStream': 4,
  'chat.update': 3,
  'chat.delete': 3,
  'chat.postEphemeral': 4,
  'conversations.history': 3,
  'conversations.info': 3,
  'conversations.join': 3,
  'conversations.members': 4,
  'conversations.open': 3,
  'conversations.replies': 3,
  'files.completeUploadExternal': 4,
  'files.getUploadURLExternal': 4,
  'files.info': 4,
  'reactions.add': 3,
  'users.info': 4,
  'users.list': 2,
};
const MINUTE_MS = 60_000;

export interface Rates {
  /** Counts one call. @returns seconds to wait when it is refused, else undefined */
  take(method: string, channel: string | undefined): number | undefined;
}

/** @param scale multiplies every limit; `false` switches them off */
export function createRates(time: Time, scale: () => number | false): Rates {
  const calls = new Map<string, number[]>();
  const posts = new Map<string, { tokens: number; at: number }>();

  function window(method: string, perMinute: number): number | undefined {
    const now = time.now();
    const recent = (calls.get(method) ?? []).filter((at) => at > now - MINUTE_MS);
    calls.set(method, recent);
    const [oldest] = recent;
    if (recent.length >= perMinute && oldest !== undefined) return Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1000));
    recent.push(now);
    return undefined;
  }

  function bucket(channel: string, factor: number): number | undefined {
    const now = time.now();
    const before = posts.get(channel) ?? { tokens: POST_BURST * factor, at: now };
    const tokens = Math.min(POST_BURST * factor, before.tokens + ((now - before.at) / 1000) * POSTS_PER_SECOND * factor);
    posts.set(channel, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1 ? undefined : Math.max(1, Math.ceil((1 - tokens) / (POSTS_PER_SECOND * factor)));
  }

  return {
    take(method, channel) {
      const factor = scale();
      if (factor === false) return undefined;
      if (method === 'chat.postMessage') return bucket(channel ?? '', factor);
      return window(method, TIER_PER_MINUTE[TIERS[method] ?? 4] * factor);
    },
  };
}

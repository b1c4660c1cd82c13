// The rate limits never let more calls through in a minute than Slack's tier, and keep some for what people wait for.
import { describe, expect, it } from 'vitest';
import { CALLS_PER_MINUTE, createRateLimits } from '../../../src/slack/bolt/rate-limits.ts';
import { createTestClock } from '../../values/test-clock.ts';

describe('rate limits', () => {
  it('spends a minute’s calls, progress only its share, and goes on when the minute is over', async () => {
    const clock = createTestClock();
    const limits = createRateLimits(clock);
    const made: string[] = [];
    for (let call = 0; call < 40; call += 1) void limits.wait('chat.update', 'progress').then(() => made.push('progress'));
    await clock.turn(0);
    const share = made.length;
    expect(share).toBeLessThan(CALLS_PER_MINUTE['chat.update']);
    expect(share).toBeGreaterThan(20);
    for (let call = 0; call < 40; call += 1) void limits.wait('chat.update', 'urgent').then(() => made.push('urgent'));
    await clock.turn(1000);
    expect(made).toHaveLength(CALLS_PER_MINUTE['chat.update']);
    await clock.turn(60_000);
    expect(made.length).toBeLessThanOrEqual(2 * CALLS_PER_MINUTE['chat.update']);
    expect(made.filter((what) => what === 'urgent')).toHaveLength(40);
  });

  it('says at once that no call may be made now', async () => {
    const clock = createTestClock();
    const limits = createRateLimits(clock);
    const taken = Array.from({ length: CALLS_PER_MINUTE['reactions.add'] + 1 }, () => limits.take('reactions.add'));
    expect(taken.lastIndexOf(true)).toBe(taken.length - 2);
    expect(taken.at(-1)).toBe(false);
    await clock.turn(60_001);
    expect(limits.take('reactions.add')).toBe(true);
  });

  it('ends a wait that nobody needs any more', async () => {
    const clock = createTestClock();
    const limits = createRateLimits(clock);
    while (CALLS_PER_MINUTE['chat.stopStream'] > 0) {
      const over = new AbortController();
      const wait = limits.wait('chat.stopStream', 'urgent', over.signal);
      const soon = await Promise.race([wait, clock.turn(1).then(() => 'waiting')]);
      if (soon === true) continue;
      over.abort();
      expect(await wait).toBe(false);
      return;
    }
  });
});

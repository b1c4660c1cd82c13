// Keeps all processes together under Slack's rates, a method and a channel at a time: what people wait for goes first, mere drawing takes turns.
import type { CallRates, Rate } from '../../conversation/rows.ts';
import type { Clock } from '../../values/clock.ts';
import { isPassingStatement } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';

const MINUTE_MS = 60_000;

/** Calls a minute by Slack's tiers, a little under what is published (facts: slack#rate-limits). */
export const CALLS_PER_MINUTE = {
  'chat.appendStream': 95,
  'chat.delete': 48,
  // “Several hundred” for a team.
  'chat.postMessage': 400,
  'chat.startStream': 18,
  'chat.stopStream': 18,
  'chat.update': 48,
  'conversations.history': 48,
  'conversations.info': 48,
  'conversations.open': 48,
  'conversations.replies': 48,
  'reactions.add': 48,
  'users.list': 18,
} as const;
export type LimitedMethod = keyof typeof CALLS_PER_MINUTE;
/** Of methods that are not named: the fourth tier. */
const OTHERS_PER_MINUTE = 95;

/** Messages in one channel: about one a second, in short bursts (facts: slack#rate-limits; the length of the burst is a guess). */
const IN_A_CHANNEL: Rate = { calls: 8, perMs: 8000 };

/** Of a minute's calls drawing leaves so many to endings and answers, as long as everybody draws evenly. Our choice. */
const KEPT = 6;
/** So many turns of drawing may come at once where nobody draws: fewer than are kept. Our choice. */
const DRAWN_AT_ONCE = 2;

export interface RateLimits {
  /** Resolves when a call may be made, which is booked then; in the order in which it was asked for. */
  wait(method: string, channel?: string): Promise<void>;
  /**
   * The same for drawing: everybody who draws takes turns, so that N threads are drawn evenly, and endings and answers don't wait behind them.
   * False when `signal` ended the wait.
   */
  turn(method: LimitedMethod, signal: AbortSignal): Promise<boolean>;
  /** Books a call where one may be made now, and so many after it; false where it is better not made. */
  take(method: LimitedMethod, kept: number): Promise<boolean>;
  /** Slack has refused a call for so long (429): nobody makes another before. */
  putOff(method: string, channel: string | undefined, ms: number): Promise<void>;
}

export function createRateLimits(deps: { callRates: CallRates; clock: Clock; log: Logger }): RateLimits {
  const { callRates, clock, log } = deps;

  /** What limits a call; in a channel first, so that one busy channel books nothing of the team's. */
  function limitsOf(method: string, channel: string | undefined): [key: string, rate: Rate][] {
    const team: [string, Rate] = [method, rateOf(method)];
    return method === 'chat.postMessage' && channel !== undefined ? [[`${method} ${channel}`, IN_A_CHANNEL], team] : [team];
  }

  async function sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
    const ms = at - clock.now();
    if (ms > 0) await clock.sleep(ms, signal);
  }

  /** A call that can't be booked is made all the same: at worst Slack puts it off. */
  async function book(key: string, rate: Rate): Promise<void> {
    const at = await callRates.book(key, rate, clock.now()).catch((error: unknown) => {
      if (!isPassingStatement(error)) throw error;
      log.warn({ err: error, call: key }, 'call to Slack not booked');
      return clock.now();
    });
    await sleepUntil(at);
  }

  return {
    async wait(method, channel) {
      for (const [key, rate] of limitsOf(method, channel)) await book(key, rate);
    },

    async turn(method, signal) {
      const rate = rateOf(method);
      const lane: Rate = { calls: DRAWN_AT_ONCE, perMs: Math.ceil((DRAWN_AT_ONCE * rate.perMs) / (rate.calls - KEPT)) };
      const key = `${method}: drawing`;
      try {
        for (;;) {
          await sleepUntil(await callRates.book(key, lane, clock.now()), signal);
          // Whoever finds nothing left lines up again: of all that waited only one at a time gets through.
          if (await callRates.take(method, rate, clock.now(), KEPT - DRAWN_AT_ONCE)) return true;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
        await callRates
          .giveBack(key, lane, clock.now())
          .catch((cause: unknown) => log.warn({ err: cause }, 'a turn to draw is left unused'));
        return false;
      }
    },

    take: (method, kept) => callRates.take(method, rateOf(method), clock.now(), kept),

    async putOff(method, channel, ms) {
      // Of posts the channel's: it is what a burst of them meets first.
      const [narrowest] = limitsOf(method, channel);
      if (narrowest !== undefined) await callRates.putOff(...narrowest, clock.now() + ms);
    },
  };
}

function rateOf(method: string): Rate {
  const calls: Readonly<Record<string, number>> = CALLS_PER_MINUTE;
  return { calls: calls[method] ?? OTHERS_PER_MINUTE, perMs: MINUTE_MS };
}

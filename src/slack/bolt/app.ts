// The Bolt app over our receiver, and Web API clients with the right retries; start and stop.
import { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Clock } from '../../values/clock.ts';
import { boltLogger } from './logger.ts';
import { createPaced } from './paced.ts';
import { isLeft, passingCode } from './passing.ts';
import type { RateLimits } from './rate-limits.ts';
import { createReceiver, type ReceiverOptions } from './receiver.ts';

/** Envelopes in hand get this long at the end; they are replayed otherwise (Apps kills after 15 s; facts: databricks#apps-runtime). */
const DRAIN_MS = 3000;
/** Where Slack is away at start: as long until it is asked again, twice as long after each time, up to the second. */
const AWAY_MS = 1000;
const AWAY_MAX_MS = 15_000;
/** How often it is looked for envelopes of a process that died: its leases end after seconds. */
const REPLAY_MS = 5000;
/** Calls that wait for their rates are no reason to let others wait: so many may be under way, which the library limits to 100. */
const UNDER_WAY = 10_000;

export interface SlackOptions extends ReceiverOptions {
  readonly botToken: string;
  readonly rates: RateLimits;
  readonly clock: Clock;
}

/** Clients for two kinds of call, since a client that was told to wait (429) keeps all its calls waiting (facts: slack#web-api-clients). */
export function createClients(options: Pick<SlackOptions, 'botToken' | 'apiUrl' | 'log' | 'rates'>) {
  const common = { logger: boltLogger(options.log), ...apiUrlOf(options), maxRequestConcurrency: UNDER_WAY };
  const paced = createPaced(options);
  return {
    /** Reads and calls that may safely be made twice; each waits for its rate. */
    client: new WebClient(options.botToken, { ...common, fetch: paced.whenAllowed, retryConfig: { retries: 3 } }),
    /**
     * Calls that create messages, never repeated by the library, and all whose caller waits for their rate itself: what it says is decided
     * after that.
     */
    create: new WebClient(options.botToken, {
      ...{ ...common, fetch: paced.atOnce },
      ...{ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    }),
  };
}

export function createBoltApp(options: SlackOptions) {
  const receiver = createReceiver(options);
  const app = new App({
    token: options.botToken,
    receiver,
    deferInitialization: true,
    logger: boltLogger(options.log),
    clientOptions: { retryConfig: { retries: 3 }, fetch: createPaced(options).whenAllowed, ...apiUrlOf(options) },
  });
  app.error(async (error) => {
    // Bolt wraps what has no code.
    const cause = error.original ?? error;
    if (isLeft(cause)) throw cause;
    options.log.error({ err: error }, 'listener failed');
  });

  let stopReplaying = () => {};
  let waitsFor = 'it is not connected yet';

  return {
    app,
    /** Why nothing can be heard from Slack; undefined while it can. */
    away: () => (receiver.connected() ? undefined : waitsFor),
    /** Waits for Slack, checks the bot token, works on what a killed process had left, and connects. Rejects when a token is bad. */
    async start(): Promise<void> {
      for (let waitMs = AWAY_MS; ; waitMs = Math.min(2 * waitMs, AWAY_MAX_MS)) {
        const away = await app.init().then(() => undefined, passing);
        if (away === undefined) break;
        waitsFor = `waiting for Slack (${away})`;
        options.log.warn({ reason: away, againInMs: waitMs }, 'Slack is not to be had; the bot waits for it');
        await options.clock.sleep(waitMs);
      }
      waitsFor = 'no socket is connected';
      await options.inbox.sweep();
      await receiver.replay();
      const quietly = (error: unknown) => options.log.warn({ err: error }, 'envelopes not looked for');
      // One look at a time: while the database is away it waits there, and no others pile up behind it.
      let isLooking = false;
      const again = () => {
        if (isLooking) return;
        isLooking = true;
        void receiver
          .replay()
          .catch(quietly)
          .finally(() => {
            isLooking = false;
          });
      };
      stopReplaying = options.clock.every(REPLAY_MS, again);
      await app.start();
    },
    /** Closes the sockets, then waits for the envelopes in hand. */
    async stop(): Promise<void> {
      stopReplaying();
      await receiver.stop();
      await Promise.race([receiver.drained(), options.clock.sleep(DRAIN_MS)]);
    },
  };
}

/** Why Slack could not be asked. Throws what it answered about us: that does not pass by waiting. */
function passing(error: unknown): string {
  const code = passingCode(error);
  if (code === undefined) throw error;
  return code;
}

function apiUrlOf({ apiUrl }: Pick<SlackOptions, 'apiUrl'>): { slackApiUrl?: string } {
  return apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
}

// The clients for a stand-in of Slack as the bot makes them, with the rates that they go by.
import type { SlackStandIn } from '../../src/playground/slack/stand-in.ts';
import { createClients } from '../../src/slack/bolt/app.ts';
import { createRateLimits } from '../../src/slack/bolt/rate-limits.ts';
import type { Db } from '../../src/storage/db/db.ts';
import { createCallRates } from '../../src/storage/slack/call-rates.ts';
import type { Clock } from '../../src/values/clock.ts';
import { quiet } from '../storage/open-test-storage.ts';

/** The table that tests with a clock of their own empty first: what was booked by the clock of another would lie ahead. */
export const RATES_TABLE = 'call_rates';

export function ratesOf(db: Db, clock: Clock) {
  return createRateLimits({ callRates: createCallRates(db), clock, log: quiet });
}

export function clientsFor(slack: Pick<SlackStandIn, 'botToken' | 'url'>, db: Db, clock: Clock) {
  const rates = ratesOf(db, clock);
  return { ...createClients({ botToken: slack.botToken, apiUrl: slack.url, rates, log: quiet }), rates };
}

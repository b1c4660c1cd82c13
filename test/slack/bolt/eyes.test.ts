// A message is marked as seen while the rate lasts; where Slack won't have it, nothing else suffers.
import { expect } from 'vitest';
import { ALL_SCOPES } from '../../../src/playground/slack/methods/scopes.ts';
import type { SlackStandInOptions } from '../../../src/playground/slack/stand-in.ts';
import { createEyes } from '../../../src/slack/bolt/eyes.ts';
import { CALLS_PER_MINUTE } from '../../../src/slack/bolt/rate-limits.ts';
import type { Db } from '../../../src/storage/db/db.ts';
import type { Logger } from '../../../src/values/log.ts';
import { eventually, start } from '../../playground/slack/start.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';
import { RATES_TABLE, ratesOf } from '../clients.ts';

const test = dbTest(RATES_TABLE);

async function startEyes(db: Db, options: SlackStandInOptions = {}) {
  const { slack, web, clock } = await start(options);
  const told = Promise.withResolvers<void>();
  const eyes = createEyes({ create: web, rates: ratesOf(db, clock), log: { ...quiet, info: () => told.resolve() } as Logger });
  const ana = slack.as('ana');
  const calls = () => slack.calls.filter(({ method }) => method === 'reactions.add').map(({ outcome }) => outcome);
  const seen = (ts: string) => ana.messages('C_DATA', ts)[0]?.reactions;
  return { slack, web, clock, eyes, ana, calls, seen, told: told.promise };
}

test('a message gets them at once, and once', async ({ db }) => {
  const { eyes, ana, calls, seen } = await startEyes(db);
  const { ts } = ana.say('C_DATA', '@dab job 123');
  eyes('C_DATA', ts);
  await eventually(() => seen(ts)).toEqual([{ name: 'eyes', users: ['U_DAB'] }]);
  // Told again.
  eyes('C_DATA', ts);
  await eventually(calls).toEqual(['ok', 'already_reacted']);
});

test('no call is made that Slack would put off', async ({ db }) => {
  const { eyes, ana, calls, clock } = await startEyes(db, { rates: 1 });
  const messages = Array.from({ length: CALLS_PER_MINUTE['reactions.add'] + 5 }, (_, index) => ana.say('C_DATA', `message ${index}`));
  for (const { ts } of messages) eyes('C_DATA', ts);
  await eventually(() => calls().length).toBe(CALLS_PER_MINUTE['reactions.add']);
  await eventually(() => new Set(calls())).toEqual(new Set(['ok']));
  await clock.turn(60_001);
  eyes('C_DATA', messages.at(-1)?.ts ?? '');
  await eventually(calls).toHaveLength(CALLS_PER_MINUTE['reactions.add'] + 1);
});

test('an app without the scope tries it once', async ({ db }) => {
  const { eyes, ana, calls, slack, web, told } = await startEyes(db, { scopes: ALL_SCOPES.filter((scope) => scope !== 'reactions:write') });
  const { ts } = ana.say('C_DATA', '@dab job 123');
  eyes('C_DATA', ts);
  await told;
  slack.change({ scopes: ALL_SCOPES });
  eyes('C_DATA', ts);
  // What is asked next comes after it.
  await web.auth.test();
  expect(calls()).toEqual(['missing_scope']);
});

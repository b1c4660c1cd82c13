// Limits over real rows: a message too many is refused in words, the last ones before it are told, and nobody pays for somebody else's.
import { expect } from 'vitest';
import { createLimits, type UsageLimits } from '../../../src/conversation/limits/limits.ts';
import { nearWords, refusalOf } from '../../../src/conversation/limits/sentences.ts';
import { createConversationRows } from '../../../src/storage/conversations.ts';
import { createTurnRows } from '../../../src/storage/turns.ts';
import { createCostRows } from '../../../src/storage/usage/costs.ts';
import { createUsageRows } from '../../../src/storage/usage/usage.ts';
import { createMetrics } from '../../../src/values/metrics.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';

const none = { person: Number.POSITIVE_INFINITY, channel: Number.POSITIVE_INFINITY, team: Number.POSITIVE_INFINITY };
const THREAD = {
  ...{ id: 'c1', team: 'T_ACME', channel: 'C_DATA', threadTs: '1.1', private: false, requester: 'U_ANA' },
  subject: { jobId: '123', name: 'Churn' },
};
const TOKENS = { model: 'm', inputTokens: 0, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0 };

const test = dbTest('costs', 'turns', 'conversations').extend('rig', async ({ db }) => {
  const turns = createTurnRows(db);
  const costs = createCostRows(db);
  await createConversationRows(db).insert(THREAD);
  const told: string[] = [];
  const metrics = createMetrics();
  const limit = (limits: Partial<UsageLimits>) =>
    createLimits({
      rows: { turns, usage: createUsageRows(db) },
      limits: { waiting: none, hourly: none, dollars: none, bundles: none, ...limits },
      tell: async (_conversation, user, words) => void told.push(`${user}: ${words}`),
      metrics,
      log: quiet,
    });
  let asked = 0;
  /** As the doors do: asked first, then taken. */
  const ask = async (limits: ReturnType<typeof limit>, user: string, talks = true) => {
    const id = `t${++asked}`;
    const near = await limits.admit({ team: 'T_ACME', channel: 'C_DATA', user, turnId: id, talks });
    await turns.insert({ id, conversationId: 'c1', slackUser: user, text: id, eventKey: id });
    return near;
  };
  const spend = (slackUser: string, dollars: number) =>
    costs.add({ turnId: 't', team: 'T_ACME', channel: 'C_DATA', slackUser, dollars, ...TOKENS });
  return { turns, told, metrics, limit, ask, spend };
});

test('who asks too often is refused and told when to ask again; who nearly does is told once', async ({
  rig: { turns, metrics, limit, ask },
}) => {
  const limits = limit({ hourly: { person: 5, channel: 8, team: 100 } });
  expect([await ask(limits, 'U_ANA'), await ask(limits, 'U_ANA'), await ask(limits, 'U_ANA')]).toEqual([undefined, undefined, undefined]);
  expect(await ask(limits, 'U_ANA')).toBe(
    'That makes 4 messages from you within an hour; I take up to 5. `/dab usage` shows what is used.',
  );
  expect(await ask(limits, 'U_ANA')).toBeUndefined();
  await expect(ask(limits, 'U_ANA')).rejects.toThrow(
    /^Taking your message: you have asked me 5 times within an hour, as often as one person may\. Write again in about (60|59) minutes, or ask/,
  );
  // Somebody else goes on until the channel is full.
  expect(await ask(limits, 'U_BEN')).toBeUndefined();
  expect(await ask(limits, 'U_BEN')).toMatch('That makes 7 messages in this channel');
  await ask(limits, 'U_BEN');
  await expect(ask(limits, 'U_BEN')).rejects.toThrow('this channel has asked me 8 times within an hour');
  expect((await metrics.refusals.get()).values).toMatchObject([
    { labels: { limit: 'hourly', of: 'person' }, value: 1 },
    { labels: { limit: 'hourly', of: 'channel' }, value: 1 },
  ]);
  // What is told again has been taken.
  expect(await limits.admit({ team: 'T_ACME', channel: 'C_DATA', user: 'U_ANA', turnId: 't1', talks: true })).toBeUndefined();
  expect((await turns.open('c1')).length).toBe(8);
});

test('what is over does not wait any more', async ({ rig: { turns, limit, ask } }) => {
  const limits = limit({ waiting: { ...none, person: 1 } });
  expect(await ask(limits, 'U_ANA')).toMatch('That makes 1 message of yours that wait');
  await expect(ask(limits, 'U_ANA')).rejects.toThrow('Write again when I have answered some of them, or press Stop on one.');
  await turns.finish('t1', 'done');
  await ask(limits, 'U_ANA');
});

test('what is spent keeps Claude from being asked, and nothing else', async ({ rig: { told, limit, ask, spend } }) => {
  const limits = limit({ dollars: { ...none, person: 10 } });
  const turn = await limits.spending(THREAD, 'U_ANA');
  expect(turn.refusal).toBeUndefined();
  await spend('U_ANA', 7.9);
  await turn.told();
  expect(told).toEqual([]);
  await spend('U_ANA', 0.1);
  await turn.told();
  expect(told).toEqual([
    'U_ANA: Claude’s work for you within 24 hours costs $8.00 at list price; from $10.00 on I ask it no more. `/dab usage` shows what is used.',
  ]);
  await spend('U_ANA', 2.5);
  // It was told before.
  await (await limits.spending(THREAD, 'U_ANA')).told();
  expect(told).toHaveLength(1);
  expect((await limits.spending(THREAD, 'U_ANA')).refusal?.message).toMatch(
    /^Asking Claude: Claude’s work for you within 24 hours costs \$10\.50 at list price, and one person may use \$10\.00\. Write again in about 24 hours/,
  );
  await expect(ask(limits, 'U_ANA')).rejects.toThrow('Asking Claude');
  expect(await ask(limits, 'U_ANA', false)).toBeUndefined();
  expect((await limits.spending(THREAD, 'U_BEN')).refusal).toBeUndefined();
});

test('who has many bundles begins no thread, and may write in those that there are', async ({ rig: { limit, ask } }) => {
  const limits = limit({ bundles: { ...none, team: 0 } });
  await expect(ask(limits, 'U_ANA', false)).rejects.toThrow('Go on in a thread that there is');
  expect(await ask(limits, 'U_ANA')).toBeUndefined();
  // Said with the first message of an hour, for as long as it is so.
  const nearly = limit({ bundles: { ...none, channel: 1 } });
  expect(await ask(nearly, 'U_BEN', false)).toBe(
    'That makes 1 bundle of this channel that I keep; I keep up to 1. `/dab usage` shows what is used.',
  );
  expect(await ask(nearly, 'U_BEN', false)).toBeUndefined();
});

test('all limits are told with what is used', async ({ rig: { limit, ask, spend } }) => {
  const limits = limit({ dollars: { person: 1, channel: 2, team: 3 } });
  await ask(limits, 'U_BEN');
  await spend('U_BEN', 0.5);
  const used = await limits.used({ team: 'T_ACME', channel: 'C_DATA', user: 'U_ANA' });
  expect(used.map(({ kind, scope, used, limit: most }) => `${kind} ${scope} ${used} ${most}`)).toEqual([
    ...['waiting person 0 Infinity', 'waiting channel 1 Infinity', 'waiting team 1 Infinity'],
    ...['hourly person 0 Infinity', 'hourly channel 1 Infinity', 'hourly team 1 Infinity'],
    ...['dollars person 0 1', 'dollars channel 0.5 2', 'dollars team 0.5 3'],
    ...['bundles person 0 Infinity', 'bundles channel 0 Infinity', 'bundles team 0 Infinity'],
  ]);
});

test('each limit has words of its own, with and without a time', () => {
  const kinds = ['waiting', 'hourly', 'dollars', 'bundles'] as const;
  const scopes = ['person', 'channel', 'team'] as const;
  const all = kinds.flatMap((kind) => scopes.map((scope) => ({ kind, scope, used: 3, limit: 3 })));
  const said = [...all.map((one) => refusalOf(one, 7_000).message), ...all.map((one) => refusalOf(one, undefined).message)];
  expect(new Set([...said, ...all.map(nearWords)]).size).toBe(12 + 6 + 12);
  expect(said.filter((words) => words.includes('undefined'))).toEqual([]);
  expect(refusalOf({ kind: 'hourly', scope: 'team', used: 1, limit: 1 }, 7_000).message).toContain('in about 2 hours');
  expect(refusalOf({ kind: 'hourly', scope: 'team', used: 1, limit: 1 }, undefined).message).toContain('Write again later');
});

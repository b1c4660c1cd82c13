// What the loop makes of a Claude that fails: retries, words for people, and nothing half stored.
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/agent/limits.ts';
import type { Fault } from '../../src/playground/claude/faults.ts';
import { UpstreamError, UserError } from '../../src/values/errors.ts';
import { createTestClock } from '../values/test-clock.ts';
import { call, converse, rounds, startClaude, toolsOf } from './harness.ts';

const tools = toolsOf({ echo: async ({ input }) => ({ text: JSON.stringify(input), isError: false }) });
const LONG = 'A reply that is long enough for several events. '.repeat(30);

async function turn(faults: readonly Fault[], options: Parameters<typeof converse>[2] = {}) {
  const claude = await startClaude({
    script: rounds({ text: LONG, calls: [call('echo', { long: 'x'.repeat(500) })] }, { text: 'Done.', calls: [] }),
  });
  claude.faults.next(...faults);
  const talk = await converse(claude, tools, options);
  talk.say('go');
  return { claude, talk, outcome: await talk.run() };
}

describe('passes', () => {
  test.each<[string, Fault, number]>([
    ['overloaded in the stream', { kind: 'sse-error', type: 'overloaded_error', afterEvents: 6 }, 3],
    ['the socket dies in the stream', { kind: 'socket', afterEvents: 6 }, 3],
    ['the stream ends early', { kind: 'early-end', afterEvents: 6 }, 3],
    ['HTTP 429 with retry-after', { kind: 'http', status: 429, retryAfter: 0 }, 3],
    ['HTTP 529', { kind: 'http', status: 529 }, 3],
    ['a slow answer', { kind: 'delay', ms: 50 }, 2],
  ])('%s', async (_, fault, requests) => {
    const { claude, talk, outcome } = await turn([fault]);
    expect(outcome).toMatchObject({ kind: 'done', text: 'Done.' });
    expect(claude.requests).toHaveLength(requests);
    expect(talk.history()).toHaveLength(4);
    expect(talk.history()[1]?.content).toContainEqual({ type: 'text', text: LONG });
  });

  test('overloaded for a minute: it is waited out, which a step shows', async () => {
    const { claude, talk, outcome } = await turn(Array.from({ length: 6 }, () => ({ kind: 'http', status: 529 }) as const));
    expect(outcome).toMatchObject({ kind: 'done', text: 'Done.' });
    expect(claude.requests).toHaveLength(8);
    const shown = talk.steps.filter(({ id }) => id === 'claude').map(({ status, title }) => `${status}: ${title}`);
    expect([...new Set(shown)]).toEqual([
      'in_progress: Claude is overloaded at the moment. I wait and try again',
      'complete: Claude answers again',
    ]);
  });

  test('a key that is not to be had for a moment: a step says whose it is', async () => {
    const claude = await startClaude({ script: rounds({ text: 'Done.', calls: [] }) });
    const down = new UpstreamError({ service: 'databricks', operation: 'refresh the sign-in', status: 503, passing: true });
    let asked = 0;
    const apiKey = async () => (asked++ < 4 ? Promise.reject(down) : claude.apiKey);
    const talk = await converse(claude, tools, { client: { baseURL: claude.url, apiKey } });
    talk.say('go');
    expect(await talk.run()).toMatchObject({ kind: 'done', text: 'Done.' });
    const shown = talk.steps.map(({ status, title }) => `${status}: ${title}`);
    expect([...new Set(shown)]).toEqual([
      'in_progress: Databricks gives no token for you. I wait and try again',
      'complete: Claude answers again',
    ]);
  });

  test('what is gone after a moment shows nothing', async () => {
    const { talk, outcome } = await turn([
      { kind: 'http', status: 503 },
      { kind: 'http', status: 429 },
    ]);
    expect(outcome.kind).toBe('done');
    expect(talk.steps.map(({ id }) => id)).not.toContain('claude');
  });

  test('a sign-in that ended before its time: the key is asked for once more', async () => {
    const claude = await startClaude({ script: rounds({ text: 'Done.', calls: [] }) });
    const asked: (string | undefined)[] = [];
    const apiKey = async (refused?: string) => {
      asked.push(refused);
      return refused === 'old' ? claude.apiKey : 'old';
    };
    const talk = await converse(claude, tools, { client: { baseURL: claude.url, apiKey } });
    talk.say('go');
    expect(await talk.run()).toMatchObject({ kind: 'done', text: 'Done.' });
    expect(claude.requests.map(({ status }) => status)).toEqual([401, 200]);
    expect(asked).toContain('old');
  });

  test('a stream that says nothing for five minutes', async () => {
    const claude = await startClaude({ script: rounds({ text: 'Done.', calls: [] }) });
    claude.faults.next({ kind: 'delay', ms: 3_600_000 });
    const clock = createTestClock();
    const talk = await converse(claude, tools, { clock });
    talk.say('go');
    const outcome = talk.run();
    await expect.poll(() => claude.requests.length).toBe(1);
    await clock.turn(300_000);
    await expect.poll(() => clock.waits().length).toBe(1);
    await clock.turnUntil(outcome);
    expect(await outcome).toMatchObject({ kind: 'done', text: 'Done.' });
    expect(claude.requests).toHaveLength(2);
  });

  test('a tool call cut by max_tokens is asked again with twice the tokens, and the cut one never runs', async () => {
    const { claude, talk, outcome } = await turn([{ kind: 'max-tokens' }], { limits: { maxTokens: 1000 } });
    expect(outcome).toMatchObject({ kind: 'done', text: 'Done.', usage: { steps: 3 } });
    expect(claude.requests.map((request) => JSON.parse(request.body).max_tokens)).toEqual([1000, 2000, 2000]);
    expect(talk.history()[2]?.content).toMatchObject([{ content: JSON.stringify({ long: 'x'.repeat(500) }) }]);
  });
});

describe('does not pass', () => {
  test('overloaded for minutes: failed, with words and no foreign text', async () => {
    const tries = LIMITS.retryDelaysMs.length + 1;
    const { claude, talk, outcome } = await turn(
      Array.from({ length: tries }, () => ({ kind: 'sse-error', type: 'overloaded_error' }) as const),
    );
    expect(claude.requests).toHaveLength(tries);
    expect(talk.steps.at(-1)).toMatchObject({ id: 'claude', status: 'error' });
    expect(outcome.kind).toBe('failed');
    if (outcome.kind !== 'failed') return;
    expect(outcome.error.words).toMatchObject({ problem: 'Claude is overloaded at the moment.' });
    expect(outcome.error.message).not.toContain('ordered by a test');
    expect(talk.history()).toHaveLength(1);
  });

  test('an error in the stream that is ours is not repeated', async () => {
    const { claude, outcome } = await turn([{ kind: 'sse-error', type: 'invalid_request_error' }]);
    expect(outcome).toMatchObject({ kind: 'failed', notTaken: 'history' });
    expect(claude.requests).toHaveLength(1);
  });

  test.each([
    [400, 'history'],
    [413, 'history'],
    [404, 'model'],
    [403, undefined],
  ])('HTTP %i: says whether a new segment may help', async (status, notTaken) => {
    const { claude, outcome } = await turn([{ kind: 'http', status }]);
    expect(outcome.kind === 'failed' && outcome.notTaken).toBe(notTaken);
    expect(claude.requests).toHaveLength(1);
  });

  test('a far side that wants more patience than we have', async () => {
    const { claude, outcome } = await turn([{ kind: 'http', status: 429, retryAfter: 3600 }]);
    expect(outcome.kind).toBe('failed');
    expect(claude.requests).toHaveLength(1);
  });

  test('a wrong key names credentials', async () => {
    const claude = await startClaude();
    const talk = await converse(claude, tools, { client: { baseURL: claude.url, apiKey: async () => 'wrong' } });
    talk.say('go');
    expect(await talk.run()).toMatchObject({ kind: 'failed', error: { words: { problem: 'Claude did not accept our credentials.' } } });
  });

  test('a sign-in that is over: nobody waits, and its own words are said', async () => {
    const claude = await startClaude();
    const over = new UserError({ doing: 'Using your Databricks account', problem: 'You are not connected.', next: 'Connect again.' });
    const talk = await converse(claude, tools, { client: { baseURL: claude.url, apiKey: () => Promise.reject(over) } });
    talk.say('go');
    expect(await talk.run()).toMatchObject({ kind: 'failed', error: over });
    expect(talk.steps).toEqual([]);
    expect(claude.requests).toEqual([]);
  });

  test('nobody there', async () => {
    const claude = await startClaude();
    const talk = await converse(claude, tools);
    await claude.close();
    talk.say('go');
    expect(await talk.run()).toMatchObject({ kind: 'failed', error: { words: { problem: 'Claude could not be reached or broke off.' } } });
  });

  test('a refusal is told and not stored; the next message is accepted', async () => {
    const { talk, outcome } = await turn([{ kind: 'refusal' }]);
    expect(outcome.kind).toBe('refused');
    expect(outcome.text).toContain('declined');
    expect(talk.history()).toHaveLength(1);
    talk.say('something else');
    expect(await talk.run()).toMatchObject({ kind: 'done' });
  });

  test('a tool call that does not fit even at the ceiling ends the turn', async () => {
    const faults = Array.from({ length: 3 }, () => ({ kind: 'max-tokens' }) as const);
    const { talk, outcome } = await turn(faults, { limits: { maxTokens: 1000, maxTokensCeiling: 4000 } });
    expect(outcome).toMatchObject({ kind: 'budget', of: 'tokens' });
    expect(talk.history()).toHaveLength(1);
  });

  test('a plain reply cut by max_tokens is kept and marked', async () => {
    const claude = await startClaude({ script: () => ({ text: 'Half a', calls: [] }) });
    claude.faults.next({ kind: 'max-tokens' });
    const talk = await converse(claude, tools);
    talk.say('go');
    expect(await talk.run()).toMatchObject({ kind: 'done', cut: true, text: 'Half a' });
    expect(talk.history()).toHaveLength(2);
  });
});

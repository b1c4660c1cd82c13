// The loop against the stand-in over real HTTP with the real SDK: calls, history, budgets, stopping and resuming.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { costOf } from '../../src/agent/limits.ts';
import { call, converse, rounds, startClaude, toolsOf } from './harness.ts';

const echo = toolsOf({
  echo: async ({ input }) => ({ text: `echo ${JSON.stringify(input)}`, isError: false }),
  make: async () => ({ text: 'made', isError: false, bundleDigest: 'd1' }),
});

describe('a turn', () => {
  test('says, calls, answers; the history is verbatim with signed thinking, and a second turn is accepted', async () => {
    const claude = await startClaude({
      script: rounds({ text: 'I look.', calls: [call('make', { a: 1 })] }, { text: 'Made it.', calls: [] }),
    });
    const talk = await converse(claude, echo);
    talk.say('go');
    const outcome = await talk.run();
    expect(outcome).toMatchObject({ kind: 'done', text: 'Made it.', bundleDigest: 'd1', usage: { steps: 2 } });
    expect(outcome.usage.dollars).toBeGreaterThan(0);
    const [, assistant, results, answer] = talk.history();
    expect(assistant?.content).toMatchObject([
      { type: 'thinking', signature: expect.stringMatching(/.{20}/) },
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', name: 'make', input: { a: 1 } },
    ]);
    expect(results).toMatchObject({ role: 'user', content: [{ type: 'tool_result', content: 'made' }] });
    expect(answer?.role).toBe('assistant');
    expect(JSON.stringify(talk.history())).not.toContain('cache_control');

    talk.say('again');
    expect(await talk.run()).toMatchObject({ kind: 'done' });
    expect(claude.requests.every((request) => request.status === 200)).toBe(true);
  });

  test('asks with a cache mark on system and on the last block, and without betas', async () => {
    const claude = await startClaude({ script: rounds({ text: 'Hi.', calls: [] }) });
    const talk = await converse(claude, echo);
    talk.say('go');
    await talk.run();
    const body = JSON.parse(claude.requests[0]?.body ?? '{}');
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model', 'stream', 'system', 'tools']);
    expect(body.system[0].cache_control).toEqual({ type: 'ephemeral' });
    expect(body.messages[0].content[0].cache_control).toEqual({ type: 'ephemeral' });
  });

  test('runs parallel calls side by side and answers in order in one message; an error is marked', async () => {
    const order: string[] = [];
    const quick = Promise.withResolvers<void>();
    const tools = toolsOf({
      slow: async () => {
        await quick.promise;
        order.push('slow');
        return { text: 'slow', isError: false };
      },
      quick: async () => {
        order.push('quick');
        quick.resolve();
        return { text: 'it failed', isError: true };
      },
      throws: async () => {
        throw new Error('secret detail');
      },
    });
    const claude = await startClaude({
      script: rounds({ calls: [call('slow'), call('quick'), call('throws')] }, { text: 'Done.', calls: [] }),
    });
    const talk = await converse(claude, tools);
    talk.say('go');
    await talk.run();
    expect(order).toEqual(['quick', 'slow']);
    const content = talk.history()[2]?.content;
    expect(content).toMatchObject([
      { content: 'slow' },
      { content: 'it failed', is_error: true },
      { content: expect.stringContaining('could not be reached'), is_error: true },
    ]);
    expect(JSON.stringify(content)).not.toContain('secret detail');
  });

  test('runs fifty calls of one message, never more than the limit at once', async () => {
    let running = 0;
    let most = 0;
    const tools = toolsOf({
      work: async () => {
        most = Math.max(most, ++running);
        await pause(1);
        running -= 1;
        return { text: 'ok', isError: false };
      },
    });
    const claude = await startClaude({
      script: rounds({ calls: Array.from({ length: 50 }, (_, n) => call('work', { n })) }, { text: 'Done.', calls: [] }),
    });
    const talk = await converse(claude, tools, { limits: { parallelCalls: 4 } });
    talk.say('go');
    expect(await talk.run()).toMatchObject({ kind: 'done' });
    expect(most).toBe(4);
  });

  test('clips a result once, when it is stored', async () => {
    const tools = toolsOf({ big: async () => ({ text: 'x'.repeat(1000), isError: false }) });
    const claude = await startClaude({ script: rounds({ calls: [call('big')] }, { text: 'Done.', calls: [] }) });
    const talk = await converse(claude, tools, { limits: { resultCharacters: 100 } });
    talk.say('go');
    await talk.run();
    expect(talk.history()[2]?.content).toMatchObject([{ content: `${'x'.repeat(100)}\n[cut: 900 more characters]` }]);
  });
});

describe('budgets', () => {
  test('steps: stops only after the calls are answered, and a reply goes on from there', async () => {
    const claude = await startClaude({
      script: (turn) => (turn.text === 'more' ? { text: 'Fine.', calls: [] } : { text: 'On.', calls: [call('echo')] }),
    });
    const talk = await converse(claude, echo, { limits: { stepsPerTurn: 3 } });
    talk.say('go');
    const outcome = await talk.run();
    expect(outcome).toMatchObject({ kind: 'budget', of: 'steps', usage: { steps: 3 } });
    expect(outcome.text).toContain('Reply in the thread');
    expect(talk.history().at(-1)?.role).toBe('user');
    talk.say('more');
    expect(await talk.run()).toMatchObject({ kind: 'done', text: 'Fine.' });
  });

  test('what earlier runs of the turn have used counts too, and each reply is told with its cost before anything comes of it', async () => {
    const claude = await startClaude({ script: () => ({ calls: [call('echo')] }) });
    const talk = await converse(claude, echo, { limits: { stepsPerTurn: 3 } });
    talk.say('go');
    const outcome = await talk.run(undefined, { spent: { steps: 2, dollars: 1 } });
    expect(outcome).toMatchObject({ kind: 'budget', of: 'steps', usage: { steps: 3 } });
    expect(talk.costs).toMatchObject([{ model: 'claude-sonnet-5-5', stored: 1 }]);
    expect(outcome.usage.dollars).toBeCloseTo(1 + (talk.costs[0]?.dollars ?? 0));
    expect((await talk.run(undefined, { spent: { steps: 0, dollars: 2 } })).usage).toEqual({ steps: 0, dollars: 2 });
  });

  test('dollars', async () => {
    const claude = await startClaude({ script: () => ({ calls: [call('echo')] }) });
    const talk = await converse(claude, echo, { limits: { dollarsPerTurn: 0.000001 } });
    talk.say('go');
    expect(await talk.run()).toMatchObject({ kind: 'budget', of: 'dollars', usage: { steps: 1 } });
  });

  test('a price is found by the ending of the name; an unknown model costs as much as the dearest', () => {
    const used = { input_tokens: 1_000_000, output_tokens: 0 };
    const dollars = (...of: Parameters<typeof costOf>) => costOf(...of).dollars;
    expect(dollars('databricks-claude-sonnet-5-5', used)).toBe(2);
    expect(dollars('system.ai.claude-opus-5-5', used)).toBe(4);
    expect(dollars('somebody-else', used)).toBe(10);
    const cached = { ...used, input_tokens: 0, cache_read_input_tokens: 1_000_000, output_tokens: 1_000_000 };
    expect(costOf('claude-sonnet-5-5', cached)).toMatchObject({
      dollars: 10.2,
      inputTokens: 0,
      outputTokens: 1_000_000,
      cacheReadTokens: 1_000_000,
    });
  });
});

describe('stop', () => {
  test('in a tool: its signal fires, every open call is answered, and the next turn is accepted', async () => {
    const stop = new AbortController();
    const started: string[] = [];
    const tools = toolsOf({
      wait: async (_, { signal }) => {
        started.push('wait');
        setTimeout(() => stop.abort(), 5);
        await pause(60_000, undefined, { signal });
        return { text: 'never', isError: false };
      },
      later: async () => {
        started.push('later');
        return { text: 'never', isError: false };
      },
    });
    const claude = await startClaude({
      script: (turn) => (turn.text === 'go' ? { calls: [call('wait'), call('later')] } : { text: 'Hello again.', calls: [] }),
    });
    const talk = await converse(claude, tools, { limits: { parallelCalls: 1 } });
    talk.say('go');
    expect(await talk.run(stop.signal)).toMatchObject({ kind: 'stopped' });
    expect(started).toEqual(['wait']);
    expect(talk.history().at(-1)?.content).toMatchObject([
      { content: expect.stringContaining('Cancelled while it ran'), is_error: true },
      { content: expect.stringContaining('Cancelled before it ran'), is_error: true },
    ]);
    talk.say('next');
    expect(await talk.run()).toMatchObject({ kind: 'done', text: 'Hello again.' });
  });

  test('in the middle of a stream: nothing partial is stored', async () => {
    const stop = new AbortController();
    const claude = await startClaude({
      pace: { firstMs: 0, eventMs: 12, characters: 18 },
      script: () => ({ text: 'word '.repeat(2000), calls: [] }),
    });
    const talk = await converse(claude, echo);
    talk.say('go');
    const running = talk.run(stop.signal);
    await expect.poll(() => claude.requests.length).toBeGreaterThan(0);
    await pause(50);
    stop.abort();
    expect((await running).kind).toBe('stopped');
    expect(talk.history()).toHaveLength(1);
  });
});

describe('resume', () => {
  test('a history that ends with open calls goes on from them, after a JSON round trip in another process', async () => {
    let ran = 0;
    const tools = toolsOf({ echo: async () => ({ text: `ran ${++ran}`, isError: false }) });
    const claude = await startClaude({
      script: rounds({ calls: [call('echo', { n: 1 }), call('echo', { n: 2 })] }, { text: 'Done.', calls: [] }),
    });
    const first = await converse(claude, tools);
    first.say('go');
    await first.run();
    const killed = { stored: first.stored.slice(0, 2), frozen: first.frozen };
    expect(killed.stored[1]).toContain('tool_use');
    const second = await converse(claude, tools, {}, killed);
    expect(await second.run()).toMatchObject({ kind: 'done', text: 'Done.' });
    expect(ran).toBe(4);
    expect(second.history().map((message) => message.role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  });

  test('a history that ends with the reply is done without another call', async () => {
    const claude = await startClaude({ script: rounds({ text: 'The answer.', calls: [] }) });
    const talk = await converse(claude, echo);
    talk.say('go');
    await talk.run();
    expect(await talk.run()).toMatchObject({ kind: 'done', text: 'The answer.', usage: { steps: 0 } });
    expect(claude.requests).toHaveLength(1);
  });
});

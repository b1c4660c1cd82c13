// The guard refuses what Databricks' endpoint refuses; each refusal by a request that only differs in that one thing.
import { once } from 'node:events';
import { connect } from 'node:net';
import { test as base, describe, expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type ClaudeStandIn, createClaudeStandIn } from '../../../src/playground/claude/stand-in.ts';

/** Calls two tools for `call`; says hello otherwise. */
const start = () =>
  createClaudeStandIn({
    script: (turn) =>
      turn.text === 'call' && turn.rounds.length === 0
        ? {
            text: 'I call.',
            calls: [
              { name: 'one', input: {} },
              { name: 'two', input: {} },
            ],
          }
        : { text: 'Hello.', calls: [] },
  });

const test = base
  .extend('claude', { scope: 'file' }, async ({}, { onCleanup }) => {
    const claude = await start();
    onCleanup(() => claude.close());
    return claude;
  })
  .extend(
    'post',
    ({ claude }) =>
      (body: Body | string, headers?: Record<string, string>) =>
        send(claude, body, headers),
  );

type Body = Record<string, unknown>;
const hello: Body = {
  model: 'claude-sonnet-5-5',
  max_tokens: 100,
  stream: true,
  system: [{ type: 'text', text: 'You are a bot.', cache_control: { type: 'ephemeral' } }],
  tools: [{ name: 'one', description: 'x', input_schema: { type: 'object' } }],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
};

async function send(claude: ClaudeStandIn, body: Body | string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${claude.url}/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${claude.apiKey}`,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

test('takes what our agent sends, and speaks in events', async ({ post }) => {
  const { status, text } = await post(hello);
  expect(status).toBe(200);
  const events = [...text.matchAll(/^event: (\w+)$/gm)].map((found) => found[1]);
  expect(events[0]).toBe('message_start');
  expect(events.slice(-2)).toEqual(['message_delta', 'message_stop']);
  expect(text).toContain('signature_delta');
});

describe('refuses', () => {
  const text = { type: 'text', text: 'hi' };
  test.for<[string, Body, RegExp]>([
    ['temperature', { temperature: 1 }, /temperature: Extra inputs are not permitted/],
    ['top_p', { top_p: 1 }, /top_p: Extra inputs/],
    ['top_k', { top_k: 1 }, /top_k: Extra inputs/],
    ['thread', { thread: {} }, /thread: Extra inputs/],
    ['context_management', { context_management: {} }, /context_management: Extra inputs/],
    [
      'an unknown field of a block',
      { messages: [{ role: 'user', content: [{ ...text, extra: 1 }] }] },
      /messages\.0\.content\.0\.extra: Extra/,
    ],
    ['an unknown field of a message', { messages: [{ role: 'user', content: [text], id: 'x' }] }, /messages\.0\.id: Extra/],
    ['a cache scope', { system: [{ ...text, cache_control: { type: 'ephemeral', scope: 'global' } }] }, /scope: Extra/],
    ['a cache of one hour', { system: [{ ...text, cache_control: { type: 'ephemeral', ttl: '1h' } }] }, /ttl: Extra/],
    ['top-level cache_control', { cache_control: { type: 'ephemeral' } }, /cache_control: Extra/],
    [
      'eager streaming of a tool',
      { tools: [{ name: 'a', input_schema: { type: 'object' }, eager_input_streaming: true }] },
      /eager_input_streaming/,
    ],
    ['deferred tools', { tools: [{ name: 'a', input_schema: { type: 'object' }, defer_loading: true }] }, /defer_loading/],
    ['the role system', { messages: [{ role: 'system', content: 'x' }] }, /messages\.0\.role/],
    ['an empty text', { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }, /non-empty/],
    ['no messages', { messages: [] }, /messages/],
    ['no max_tokens', { max_tokens: undefined }, /max_tokens/],
    [
      'a prefill',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
      /end with a user message/,
    ],
    ['no stream', { stream: false }, /stream/],
    [
      'an unanswered tool_use',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'one', input: {} }] },
          { role: 'user', content: 'b' },
        ],
      },
      /ids were found without/,
    ],
    [
      'an orphan tool_result',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] }] },
      /without a `tool_use`/,
    ],
    [
      'a tool_result for another call',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] },
        ],
      },
      /unexpected `tool_use_id`/,
    ],
    [
      'five cache marks',
      { messages: [{ role: 'user', content: Array.from({ length: 5 }, () => ({ ...text, cache_control: { type: 'ephemeral' } })) }] },
      /maximum of 4/,
    ],
  ])('%s', async ([, change, words], { post }) => {
    const { status, text } = await post({ ...hello, ...change });
    expect(status).toBe(400);
    expect(JSON.parse(text).error).toMatchObject({ type: 'invalid_request_error', message: expect.stringMatching(words) });
  });

  test('a beta header, another version, a body that is not JSON, another path', async ({ claude, post }) => {
    expect((await post(hello, { 'anthropic-beta': 'message-threads-2026-08-12' })).status).toBe(400);
    expect((await post(hello, { 'anthropic-version': '2026-10-21' })).status).toBe(400);
    expect((await post('{')).status).toBe(400);
    expect((await fetch(`${claude.url}/v1/models`)).status).toBe(404);
  });

  test('a wrong bearer token, and x-api-key instead of it', async ({ claude, post }) => {
    expect((await post(hello, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post(hello, { authorization: '', 'x-api-key': claude.apiKey })).status).toBe(401);
  });

  test('a request that is broken off is none: it is neither answered nor kept', async ({ claude, post }) => {
    const before = claude.requests.length;
    const socket = connect(Number(new URL(claude.url).port), '127.0.0.1').resume();
    socket.write('POST /v1/messages HTTP/1.1\r\nhost: claude\r\ncontent-length: 100\r\n\r\n{"model":');
    await once(socket, 'connect');
    socket.end();
    await once(socket, 'close');
    await post(hello);
    expect(claude.requests.slice(before).map(({ status }) => status)).toEqual([200]);
  });

  test('a fault is answered with its retry-after and request id', async ({ claude, post }) => {
    claude.faults.next({ kind: 'http', status: 429, retryAfter: 7 });
    const { status, headers, text } = await post(hello);
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('7');
    expect(JSON.parse(text)).toMatchObject({ error: { type: 'rate_limit_error' }, request_id: headers.get('request-id') });
  });
});

describe('a changed prefix', () => {
  const Delta = z.object({ index: z.int(), delta: z.record(z.string(), z.string()) });

  /** A conversation of one answered round, as an honest client would keep it. */
  async function history(claude: ClaudeStandIn): Promise<{ role: string; content: Record<string, unknown>[] }[]> {
    const user = { role: 'user', content: [{ type: 'text', text: 'call' }] };
    const { text } = await send(claude, { ...hello, messages: [user] });
    const blocks: Record<string, unknown>[] = [];
    for (const line of text.split('\n').filter((line) => line.startsWith('data: '))) {
      const event = JSON.parse(line.slice(6));
      if (event.type === 'content_block_start') blocks.push({ ...event.content_block });
      if (event.type === 'content_block_delta') {
        const { index, delta } = Delta.parse(event);
        const block = blocks[index] ?? {};
        for (const key of ['text', 'thinking', 'signature']) if (delta[key] !== undefined) block[key] = `${block[key] ?? ''}${delta[key]}`;
      }
    }
    const results = blocks
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({ type: 'tool_result', tool_use_id: block.id, content: 'ok' }));
    expect(results).toHaveLength(2);
    return [user, { role: 'assistant', content: blocks }, { role: 'user', content: results }];
  }

  test('the honest history is taken, with a cache mark too, and in a stand-in that was started again', async ({ claude, post }) => {
    const messages = await history(claude);
    expect((await post({ ...hello, messages })).status).toBe(200);
    const [last] = messages.slice(-1);
    const marked = last?.content.map((block, index) => (index === 1 ? { ...block, cache_control: { type: 'ephemeral' } } : block));
    expect((await post({ ...hello, messages: [...messages.slice(0, -1), { role: 'user', content: marked }] })).status).toBe(200);
    const again = await start();
    onTestFinished(() => again.close());
    expect((await send(again, { ...hello, messages })).status).toBe(200);
  });

  test('system, tools, an earlier message or the thinking itself changed', async ({ claude, post }) => {
    const messages = await history(claude);
    const [user, assistant, results] = messages;
    const changed: Body[] = [
      { system: 'You are another bot.' },
      { tools: [] },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'call!' }] }, assistant, results] },
      {
        messages: [
          user,
          {
            role: 'assistant',
            content: assistant?.content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'no' } : block)),
          },
          results,
        ],
      },
    ];
    for (const change of changed) {
      const { status, text } = await post({ ...hello, messages, ...change });
      expect(status).toBe(400);
      expect(text).toContain('Invalid `signature` in `thinking` block');
    }
  });

  test('one thinking block left out of two; all of them left out is a new segment', async ({ claude, post }) => {
    const messages = await history(claude);
    const stripped = messages.map((message) => ({ ...message, content: message.content.filter((block) => block.type !== 'thinking') }));
    expect((await post({ ...hello, messages: stripped })).status).toBe(200);
    const both = [...messages, { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] }, { role: 'user', content: 'more' }];
    const { status, text } = await post({ ...hello, messages: both });
    expect(status).toBe(400);
    expect(text).toContain('must be kept as they were');
  });
});

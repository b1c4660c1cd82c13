// aimock as our voice: it turns what a rule says into the Messages API's server-sent events (facts: libraries#aimock).
import { createServer, type Fixture } from '@copilotkit/aimock';
import { keepConnections } from '../http/keep-connections.ts';
import type { Say } from './conversation/talk.ts';

/** How fast the offline Claude speaks. */
export interface Pace {
  /** Before the first event, in ms. */
  readonly firstMs: number;
  /** Between events, in ms. */
  readonly eventMs: number;
  /** Characters of text in one event. */
  readonly characters: number;
}

export const FAST: Pace = { firstMs: 0, eventMs: 0, characters: 200 };
export const HUMAN: Pace = { firstMs: 350, eventMs: 12, characters: 18 };

interface Utterance extends Say {
  readonly model: string;
  readonly thinking: string;
  readonly signature: string;
  /** Ids of the calls, in order. */
  readonly ids: readonly string[];
  readonly stop?: 'max_tokens' | 'refusal' | undefined;
  readonly inputTokens: number;
}

interface Voice {
  /** The stream of events for what is said. */
  speak(utterance: Utterance, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  close(): Promise<void>;
}

export async function createVoice(pace: Pace): Promise<Voice> {
  const waiting = new Map<string, Utterance>();
  let count = 0;
  // aimock's factories see an OpenAI-shaped request: the model's name carries which utterance is meant.
  const fixture: Fixture = {
    match: { predicate: (request) => waiting.has(request.model) },
    response: (request) => {
      const said = waiting.get(request.model);
      waiting.delete(request.model);
      return said === undefined ? { error: { message: 'nothing to say' }, status: 500 } : responseOf(said);
    },
    streamingProfile: { ttft: pace.firstMs, ...(pace.eventMs === 0 ? {} : { tps: 1000 / pace.eventMs }) },
  };
  const { server, url } = await createServer([fixture], {
    port: 0,
    host: '127.0.0.1',
    chunkSize: pace.characters,
    latency: pace.eventMs,
    journalMaxEntries: 1,
  });
  keepConnections(server);

  return {
    async speak(utterance, signal) {
      const key = `claude-opus-4-5-utterance-${++count}`;
      waiting.set(key, utterance);
      const body = JSON.stringify({ model: key, max_tokens: 1, stream: true, messages: [{ role: 'user', content: '.' }] });
      const answer = await fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal });
      if (!answer.ok || answer.body === null) throw new Error(`aimock answered ${answer.status}`);
      return answer.body;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function responseOf(said: Utterance) {
  const text = said.text === undefined || said.text === '' ? [] : [{ type: 'text' as const, text: said.text }];
  const calls = said.calls.map((call, index) => ({
    type: 'toolCall' as const,
    name: call.name,
    arguments: JSON.stringify(call.input),
    ...(said.ids[index] === undefined ? {} : { id: said.ids[index] }),
  }));
  const output = JSON.stringify([said.thinking, text, calls]).length;
  return {
    blocks: [...text, ...calls],
    reasoning: said.thinking,
    reasoningSignature: said.signature,
    model: said.model,
    usage: { input_tokens: said.inputTokens, output_tokens: tokens(output) },
    ...(said.stop === undefined ? {} : { finishReason: said.stop === 'max_tokens' ? 'length' : said.stop }),
  };
}

/** Characters to tokens, roughly (facts: claude-and-mcp#caching-and-token-counts). */
export function tokens(characters: number): number {
  return Math.ceil(characters / 4);
}

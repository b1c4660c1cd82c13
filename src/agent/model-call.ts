// One reply of the model: streamed, retried where the SDK does not, and answered whole or not at all.
import type Anthropic from '@anthropic-ai/sdk';
import { AnthropicError } from '@anthropic-ai/sdk';
import type { Clock } from '../values/clock.ts';
import type { Logger } from '../values/log.ts';
import { isAbort, isPassing } from './failure.ts';
import { withCacheMark } from './history.ts';
import type { Limits } from './limits.ts';
import type { ToolSpec } from './tools.ts';

/** The part of every request that stays the same for a whole conversation (facts: claude-and-mcp#preserved-thinking). Plain JSON. */
export interface FrozenPrompt {
  readonly model: string;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly promptVersion: string;
}

interface ModelCall {
  readonly client: Anthropic;
  readonly frozen: FrozenPrompt;
  readonly history: readonly Anthropic.MessageParam[];
  readonly maxTokens: number;
  readonly thinking: Anthropic.ThinkingConfigParam | undefined;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The model's reply. Rejects with the SDK's error when there is none, and with an abort when the signal stopped the call. */
export async function callModel(call: ModelCall): Promise<Anthropic.Message> {
  for (const delay of call.limits.retryDelaysMs) {
    try {
      return await streamOnce(call);
    } catch (error) {
      if (call.signal.aborted || isAbort(error) || !isPassing(error)) throw error;
      call.log.warn({ error: error instanceof Error ? error.name : 'unknown', delay }, 'the model call broke off; trying again');
      await call.clock.sleep(delay * (0.75 + Math.random() / 2), call.signal).catch(() => undefined);
    }
  }
  return await streamOnce(call);
}

async function streamOnce(call: ModelCall): Promise<Anthropic.Message> {
  call.signal.throwIfAborted();
  const idle = new AbortController();
  const stream = call.client.messages.stream(
    {
      model: call.frozen.model,
      max_tokens: call.maxTokens,
      system: [{ type: 'text', text: call.frozen.system, cache_control: { type: 'ephemeral' } }],
      tools: call.frozen.tools.map((tool) => ({ name: tool.name, description: tool.description, input_schema: tool.input_schema })),
      messages: withCacheMark(call.history),
      ...(call.thinking === undefined ? {} : { thinking: call.thinking }),
    },
    { signal: AbortSignal.any([call.signal, idle.signal]) },
  );
  const wait = () => call.clock.deadline(call.limits.streamIdleMs, () => idle.abort());
  let heard = wait();
  stream.on('streamEvent', () => {
    heard();
    heard = wait();
  });
  try {
    return await stream.finalMessage();
  } catch (error) {
    if (idle.signal.aborted && !call.signal.aborted) throw new AnthropicError('the stream was silent for too long', { cause: error });
    throw error;
  } finally {
    heard();
  }
}

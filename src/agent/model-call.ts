// One reply of the model: streamed, retried where the SDK does not, and answered whole or not at all.
import type Anthropic from '@anthropic-ai/sdk';
import { AnthropicError } from '@anthropic-ai/sdk';
import type { Clock } from '../values/clock.ts';
import type { Logger } from '../values/log.ts';
import { askedToWait, isAbort, isPassing, waitingTitle } from './failure.ts';
import { withCacheMark } from './history.ts';
import type { Limits, Used } from './limits.ts';
import type { Step, ToolSpec } from './tools.ts';

/** The part of every request that stays the same for a whole segment of a conversation (facts: claude-and-mcp#preserved-thinking). Plain JSON. */
export interface FrozenPrompt {
  readonly model: string;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
}

interface ModelCall {
  readonly client: Anthropic;
  readonly frozen: FrozenPrompt;
  readonly history: readonly Anthropic.MessageParam[];
  readonly maxTokens: number;
  readonly thinking: Anthropic.ThinkingConfigParam | undefined;
  readonly limits: Limits;
  readonly onStep: (step: Step) => void;
  /** Told the tokens of each reply, and of one that broke off what is known of them. */
  readonly onUsed: (used: Used) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The step that shows that Claude is waited for, and the tries before it: most trouble is gone after the first. */
const WAITING_STEP = 'claude';
const QUIET_TRIES = 2;

/**
 * The model's reply; passing trouble is waited out, visibly. Rejects with the SDK's error when there is none, and with an abort when the
 * signal stopped the call.
 */
export async function callModel(call: ModelCall): Promise<Anthropic.Message> {
  const { clock, limits, signal } = call;
  let until: number | undefined;
  let isShown = false;
  for (let tries = 0; ; tries++) {
    try {
      const reply = await streamOnce(call);
      if (isShown) call.onStep({ id: WAITING_STEP, title: 'Claude answers again', status: 'complete' });
      return reply;
    } catch (error) {
      until ??= clock.now() + limits.patienceMs;
      const pause = limits.retryDelaysMs[tries];
      const delay = pause === undefined ? Number.POSITIVE_INFINITY : Math.max(pause * (0.75 + Math.random() / 2), askedToWait(error));
      if (signal.aborted || isAbort(error) || !isPassing(error) || clock.now() + delay > until) {
        if (isShown) call.onStep({ id: WAITING_STEP, title: 'Claude did not answer', status: 'error' });
        throw error;
      }
      if (tries >= QUIET_TRIES) {
        isShown = true;
        call.onStep({ id: WAITING_STEP, title: waitingTitle(error), status: 'in_progress' });
      }
      call.log.warn({ error: error instanceof Error ? error.name : 'unknown', delay }, 'the model call broke off; trying again');
      await clock.sleep(delay, signal).catch(() => undefined);
    }
  }
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
    const reply = await stream.finalMessage();
    call.onUsed(reply.usage);
    return reply;
  } catch (error) {
    const begun = stream.currentMessage;
    if (begun !== undefined) call.onUsed(begun.usage);
    if (idle.signal.aborted && !call.signal.aborted) throw new AnthropicError('the stream was silent for too long', { cause: error });
    throw error;
  } finally {
    heard();
  }
}

// Claude's loop: history in, steps and a reply out; every message is saved before the loop goes on (facts: claude-and-mcp#the-loop).
import Anthropic from '@anthropic-ai/sdk';
import type { UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import { answerCalls } from './answer-calls.ts';
import { describeFailure, isAbort, tooLong, wordsOf } from './failure.ts';
import { openCalls, textOf } from './history.ts';
import { cost, LIMITS, type Limits, PRICES, type Price } from './limits.ts';
import { callModel, type Frozen } from './model-call.ts';
import { PROMPT_VERSION, SYSTEM } from './prompt.ts';
import type { Step, Tools } from './tools.ts';

export type { Frozen } from './model-call.ts';
export type MessageParam = Anthropic.MessageParam;

/** Says `2026-10-21` by itself, which Databricks' endpoint is not known to take (facts: claude-and-mcp#sdk-and-api-version, claude-and-mcp#databricks-endpoint). */
const API_VERSION = '2023-06-01';

export interface AgentOptions {
  readonly client: { baseURL: string; apiKey: () => Promise<string>; defaultHeaders?: Record<string, string> };
  readonly log: Logger;
  readonly limits?: Partial<Limits>;
  readonly prices?: Readonly<Record<string, Price>>;
  /** Sent as it is; left out by default until an endpoint is known to take it (facts: claude-and-mcp#databricks-endpoint). */
  readonly thinking?: Anthropic.ThinkingConfigParam;
}

export interface RunInput {
  readonly frozen: Frozen;
  /** Ends with a user message, or with open tool calls (after a crash or a stop). */
  readonly history: readonly MessageParam[];
  readonly tools: Tools;
  /** Saves a message at the end of the history; the loop waits for it. */
  readonly append: (message: MessageParam) => Promise<void>;
  readonly onStep: (step: Step) => void;
  readonly onText?: (delta: string) => void;
  /** The text since the last appended message does not count: the call is made again. */
  readonly onRetract?: () => void;
  readonly signal: AbortSignal;
  readonly apiKey?: () => Promise<string>;
}

const BUDGET_WORDS = 'I stopped here: this took more steps than one message may use. Reply in the thread to go on.';
const NO_WORDS = 'Claude ended its work without a word.';

export interface Usage {
  readonly steps: number;
  readonly dollars: number;
}

interface Common {
  /** What Claude said last in this run, or words of ours where it said nothing; empty when stopped or failed before a word. */
  readonly text: string;
  /** Of the last tool result in this run that had one. */
  readonly bundleDigest?: string;
  readonly usage: Usage;
}

export type Outcome = Common &
  (
    | { readonly kind: 'done' /** The reply hit the ceiling of tokens. */; readonly cut?: boolean }
    | { readonly kind: 'stopped' }
    | { readonly kind: 'budget'; readonly of: 'steps' | 'dollars' | 'tokens' }
    | { readonly kind: 'refused' }
    | { readonly kind: 'failed'; readonly error: UserError }
  );

/** An outcome without what all have in common. */
type Ending = Outcome extends infer One ? (One extends Outcome ? Omit<One, 'text' | 'bundleDigest' | 'usage'> : never) : never;

export interface Agent {
  freeze(tools: Tools, model: string): Promise<Frozen>;
  /** Works until the reply is there. Rejects only when `append` does, or for a bug. */
  run(input: RunInput): Promise<Outcome>;
}

/** What a new conversation is begun with: system prompt and tools as they are now. Store it and give it to every run. */
export async function freeze(tools: Tools, model: string): Promise<Frozen> {
  return { model, system: SYSTEM, tools: await tools.list(), promptVersion: PROMPT_VERSION };
}

export function createAgent(options: AgentOptions): Agent {
  const limits: Limits = { ...LIMITS, ...options.limits };
  const prices = options.prices ?? PRICES;

  async function run(input: RunInput): Promise<Outcome> {
    const client = createClient(options, input.apiKey);
    const history = [...input.history];
    let text = '';
    let bundleDigest: string | undefined;
    let maxTokens = limits.maxTokens;
    const usage = { steps: 0, dollars: 0 };
    const end = (ending: Ending): Outcome => ({
      ...ending,
      text,
      usage: { ...usage },
      ...(bundleDigest === undefined ? {} : { bundleDigest }),
    });
    const append = async (message: MessageParam): Promise<void> => {
      await input.append(message);
      history.push(message);
    };

    for (;;) {
      const open = openCalls(history);
      if (open.length > 0) {
        const answers = await answerCalls(open, { ...input, limits, log: options.log });
        bundleDigest = answers.bundleDigest ?? bundleDigest;
        await append(answers.message);
      } else if (usage.steps === 0 && isFinished(history)) {
        text = textOf(history.at(-1)?.content ?? '') || NO_WORDS;
        return end({ kind: 'done' });
      }
      if (input.signal.aborted) return end({ kind: 'stopped' });
      const spent = usage.steps >= limits.stepsPerTurn ? 'steps' : usage.dollars >= limits.dollarsPerTurn ? 'dollars' : undefined;
      if (spent !== undefined) {
        text = [text, BUDGET_WORDS].filter(Boolean).join('\n\n');
        return end({ kind: 'budget', of: spent });
      }

      let reply: Anthropic.Message;
      try {
        reply = await callModel({
          client,
          frozen: input.frozen,
          history,
          maxTokens,
          thinking: options.thinking,
          limits,
          signal: input.signal,
          onText: (delta) => input.onText?.(delta),
          onRetract: () => input.onRetract?.(),
          log: options.log,
        });
      } catch (error) {
        if (input.signal.aborted || isAbort(error)) return end({ kind: 'stopped' });
        options.log.error(describeFailure(error), 'the model call failed');
        return end({ kind: 'failed', error: wordsOf(error) });
      }
      usage.steps += 1;
      usage.dollars += cost(input.frozen.model, reply.usage, prices);

      const calls = reply.content.some((block) => block.type === 'tool_use');
      if (reply.stop_reason === 'refusal') {
        input.onRetract?.();
        text = ['Claude declined to answer this.', reply.stop_details?.explanation].filter(Boolean).join(' ');
        return end({ kind: 'refused' });
      }
      if (reply.stop_reason === 'model_context_window_exceeded') {
        input.onRetract?.();
        return end({ kind: 'failed', error: tooLong() });
      }
      if (reply.stop_reason === 'max_tokens' && calls) {
        input.onRetract?.();
        if (maxTokens >= limits.maxTokensCeiling) {
          text = 'The change was too long to write in one piece. Ask for a smaller one.';
          return end({ kind: 'budget', of: 'tokens' });
        }
        maxTokens = Math.min(maxTokens * 2, limits.maxTokensCeiling);
        continue;
      }
      if (reply.content.length > 0) await append({ role: 'assistant', content: reply.content });
      text = textOf(reply.content) || text;
      if (calls || reply.stop_reason === 'pause_turn') continue;
      text ||= NO_WORDS;
      return end({ kind: 'done', ...(reply.stop_reason === 'max_tokens' ? { cut: true } : {}) });
    }
  }

  return { freeze, run };
}

/** Did a run before this one already end with a reply (and was killed before anybody noted it)? */
function isFinished(history: readonly MessageParam[]): boolean {
  return history.at(-1)?.role === 'assistant' && openCalls(history).length === 0;
}

/** Key and address are always given: the SDK would fill gaps from ANTHROPIC_* variables and profiles on disk (facts: claude-and-mcp#sdk-and-api-version). */
function createClient(options: AgentOptions, apiKey: (() => Promise<string>) | undefined): Anthropic {
  const log = (level: 'error' | 'warn' | 'debug') => (message: string) => options.log[level]({ from: 'anthropic sdk' }, message);
  return new Anthropic({
    baseURL: options.client.baseURL,
    apiKey: apiKey ?? options.client.apiKey,
    defaultHeaders: { 'anthropic-version': API_VERSION, ...options.client.defaultHeaders },
    openTelemetry: false,
    logLevel: 'warn',
    logger: { error: log('error'), warn: log('warn'), info: log('debug'), debug: log('debug') },
  });
}

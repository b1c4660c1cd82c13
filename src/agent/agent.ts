// Claude's loop: history in, steps and a reply out; every message is saved before the next call (facts: claude-and-mcp#the-loop).
import Anthropic from '@anthropic-ai/sdk';
import { type Clock, systemClock } from '../values/clock.ts';
import type { UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import { answerCalls } from './answer-calls.ts';
import { createKey, type Key } from './api-key.ts';
import { describeFailure, isAbort, isSignInRefused, type NotTaken, tooLongError, userErrorOf, whatWasNotTaken } from './failure.ts';
import { healed, messageText, openCalls } from './history.ts';
import { type Cost, costOf, LIMITS, type Limits, PRICES, type Price, type Used } from './limits.ts';
import { callModel, type FrozenPrompt } from './model-call.ts';
import { SYSTEM_PROMPT } from './prompt.ts';
import type { Step, ToolCall, Tools } from './tools.ts';
import { writeCall } from './written-call.ts';

type MessageParam = Anthropic.MessageParam;

/**
 * Given, because the SDK would send `2026-10-21`, which Databricks' endpoint is not known to accept
 * (facts: claude-and-mcp#sdk-and-api-version, claude-and-mcp#databricks-endpoint).
 */
const API_VERSION = '2023-06-01';

interface AgentOptions {
  readonly client: { baseURL: string; apiKey: () => Promise<string>; defaultHeaders?: Record<string, string> };
  readonly clock?: Clock;
  readonly log: Logger;
  readonly limits?: Partial<Limits>;
  readonly prices?: Readonly<Record<string, Price>>;
  /** Sent as it is. Left out, requests carry none: not every endpoint is known to accept it (facts: claude-and-mcp#databricks-endpoint). */
  readonly thinking?: Anthropic.ThinkingConfigParam;
}

/** A message of a history as it is kept: of a person (with what tools answered) or of the model. */
export type Message = Extract<MessageParam, { role: 'user' | 'assistant' }>;

interface RunInput {
  readonly frozen: FrozenPrompt;
  /**
   * Ends with a user message, or with tool calls that nobody has answered (after a crash or a stop), which are made again. Those that stand
   * open in its middle are answered as unknown.
   */
  readonly history: readonly MessageParam[];
  readonly tools: Tools;
  /** Saves a message at the end of the history; the loop waits for it. */
  readonly append: (message: MessageParam) => Promise<void>;
  /** What earlier runs of the same turn have used: going on after a crash, it has no second budget. */
  readonly spent?: Usage;
  /** Saves what a reply has cost, before anything comes of it; of one that broke off, what is known. */
  readonly onCost?: (cost: Cost) => Promise<void>;
  readonly onStep: (step: Step) => void;
  readonly signal: AbortSignal;
  /** `refused`: the key that the far side has just refused. */
  readonly apiKey?: (refused?: string) => Promise<string>;
  /** Milliseconds for which a failing model is tried again; the room's own limit when left out. */
  readonly patienceMs?: number | undefined;
}

const BUDGET_WORDS = 'I stopped here: this took more steps than one message may use. Reply in the thread to go on.';
const NO_WORDS = 'Claude ended its work without a word.';

interface Usage {
  readonly steps: number;
  readonly dollars: number;
}

interface Common {
  /** What Claude said last in this run. Where it said nothing: a text of ours, or nothing if the run was stopped or failed. */
  readonly text: string;
  /** The bundle of the last tool result in this run that made one. */
  readonly bundleDigest?: string;
  readonly usage: Usage;
}

export type Outcome = Common &
  (
    | { readonly kind: 'done' /** The reply hit the ceiling of tokens. */; readonly cut?: boolean }
    | { readonly kind: 'stopped' }
    | { readonly kind: 'budget'; readonly of: 'steps' | 'dollars' | 'tokens' }
    | { readonly kind: 'refused' }
    | { readonly kind: 'failed'; readonly error: UserError; readonly notTaken?: NotTaken | undefined }
  );

/** The part of an outcome that depends on how the run ended. */
type Ending = Outcome extends infer One ? (One extends Outcome ? Omit<One, 'text' | 'bundleDigest' | 'usage'> : never) : never;

export interface Agent {
  /** The system prompt and the tools as they are now: store it with a new segment and give it to each of its runs. */
  freeze(tools: Tools, model: string): Promise<FrozenPrompt>;
  /** Whether `freeze` would still take this prompt and model. */
  isCurrent(frozen: FrozenPrompt, model: string): boolean;
  /** Works until the reply is complete. Rejects only when `append` or `onCost` does, or for a bug. */
  run(input: RunInput): Promise<Outcome>;
  /** Makes a call that is not the model's own, and saves it as one that a later run goes on from. Rejects as `run` does. */
  call(call: ToolCall, input: Pick<RunInput, 'history' | 'tools' | 'append' | 'onStep' | 'signal'>): Promise<void>;
}

async function freeze(tools: Tools, model: string): Promise<FrozenPrompt> {
  return { model, system: SYSTEM_PROMPT, tools: await tools.list() };
}

function isCurrent(frozen: FrozenPrompt, model: string): boolean {
  return frozen.model === model && frozen.system === SYSTEM_PROMPT;
}

export function createAgent(options: AgentOptions): Agent {
  const usual: Limits = { ...LIMITS, ...options.limits };
  const prices = options.prices ?? PRICES;

  async function run(input: RunInput): Promise<Outcome> {
    const limits: Limits = { ...usual, patienceMs: input.patienceMs ?? usual.patienceMs };
    const key = createKey(input.apiKey ?? options.client.apiKey);
    const client = createClient(options, key);
    const history = healed(input.history);
    let text = '';
    let bundleDigest: string | undefined;
    let maxTokens = limits.maxTokens;
    const usage = { steps: 0, dollars: 0, ...input.spent };
    let isFresh = true;
    /** Of the last call and its tries. */
    const costs: Cost[] = [];
    const saveCosts = async (): Promise<void> => {
      for (const cost of costs.splice(0)) {
        usage.dollars += cost.dollars;
        await input.onCost?.(cost);
      }
    };
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
      } else if (isFresh && isFinished(history)) {
        text = messageText(history.at(-1)?.content ?? '') || NO_WORDS;
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
        const { thinking, clock = systemClock, log } = options;
        const onUsed = (used: Used) => costs.push(costOf(input.frozen.model, used, prices));
        reply = await callModel({ ...input, client, history, maxTokens, thinking, limits, onUsed, clock, log });
      } catch (error) {
        await saveCosts();
        if (input.signal.aborted || isAbort(error)) return end({ kind: 'stopped' });
        if (isSignInRefused(error) && (await key.isRenewed())) continue;
        options.log.error(describeFailure(error), 'the model call failed');
        return end({ kind: 'failed', error: userErrorOf(error), notTaken: whatWasNotTaken(error) });
      }
      await saveCosts();
      isFresh = false;
      usage.steps += 1;

      const calls = reply.content.some((block) => block.type === 'tool_use');
      if (reply.stop_reason === 'refusal') {
        text = ['Claude declined to answer this.', reply.stop_details?.explanation].filter(Boolean).join(' ');
        return end({ kind: 'refused' });
      }
      if (reply.stop_reason === 'model_context_window_exceeded') {
        return end({ kind: 'failed', error: tooLongError(), notTaken: 'history' });
      }
      if (reply.stop_reason === 'max_tokens' && calls) {
        if (maxTokens >= limits.maxTokensCeiling) {
          text = 'The change was too long to write in one piece. Ask for a smaller one.';
          return end({ kind: 'budget', of: 'tokens' });
        }
        maxTokens = Math.min(maxTokens * 2, limits.maxTokensCeiling);
        continue;
      }
      if (reply.content.length > 0) await append({ role: 'assistant', content: reply.content });
      text = messageText(reply.content) || text;
      if (calls || reply.stop_reason === 'pause_turn') continue;
      text ||= NO_WORDS;
      return end({ kind: 'done', ...(reply.stop_reason === 'max_tokens' ? { cut: true } : {}) });
    }
  }

  return { freeze, isCurrent, run, call: (call, input) => writeCall(call, { ...input, limits: usual, log: options.log }) };
}

/** Whether an earlier run already got the reply, and its process was killed before anybody recorded the end. */
function isFinished(history: readonly MessageParam[]): boolean {
  return history.at(-1)?.role === 'assistant' && openCalls(history).length === 0;
}

/**
 * Key and address are always given, or the SDK would take them from ANTHROPIC_* variables and profiles on disk
 * (facts: claude-and-mcp#sdk-and-api-version).
 */
function createClient(options: AgentOptions, key: Key): Anthropic {
  const log = (level: 'error' | 'warn' | 'debug') => (message: string) => options.log[level]({ from: 'anthropic sdk' }, message);
  return new Anthropic({
    baseURL: options.client.baseURL,
    apiKey: key.get,
    // We repeat ourselves: longer, by our clock, and seen by who waits.
    maxRetries: 0,
    defaultHeaders: { 'anthropic-version': API_VERSION, ...options.client.defaultHeaders },
    openTelemetry: false,
    logLevel: 'warn',
    logger: { error: log('error'), warn: log('warn'), info: log('debug'), debug: log('debug') },
  });
}

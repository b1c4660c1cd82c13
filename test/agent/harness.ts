// What the agent's tests share: the stand-in of Claude, tools that a test writes, and a history that is saved as JSON.
import type Anthropic from '@anthropic-ai/sdk';
import { onTestFinished } from 'vitest';
import { type Agent, createAgent, type Outcome } from '../../src/agent/agent.ts';
import type { Cost } from '../../src/agent/limits.ts';
import type { FrozenPrompt } from '../../src/agent/model-call.ts';
import type { Step, ToolCall, ToolResult, Tools } from '../../src/agent/tools.ts';
import type { Say } from '../../src/playground/claude/conversation/talk.ts';
import { type ClaudeStandIn, type ClaudeStandInOptions, createClaudeStandIn } from '../../src/playground/claude/stand-in.ts';
import { createLogger } from '../../src/values/log.ts';
import { createTestClock } from '../values/test-clock.ts';

export const log = createLogger({ level: 'silent' });

/** A stand-in of Claude that ends with the test. */
export async function startClaude(options: ClaudeStandInOptions = {}): Promise<ClaudeStandIn> {
  const claude = await createClaudeStandIn(options);
  onTestFinished(() => claude.close());
  return claude;
}

export type Handler = (call: ToolCall, options: { signal: AbortSignal; onStep: (step: Step) => void }) => Promise<ToolResult>;

/** Tools of a test: names, and what each call answers. */
export function toolsOf(handlers: Record<string, Handler>): Tools {
  return {
    list: async () =>
      Object.keys(handlers).map((name) => ({ name, description: `the tool ${name}`, input_schema: { type: 'object', properties: {} } })),
    call: async (call, options) => (await handlers[call.name]?.(call, options)) ?? { text: 'no such tool', isError: true },
  };
}

export interface Conversation {
  /** As the database would keep it: text. */
  readonly stored: string[];
  readonly frozen: FrozenPrompt;
  readonly steps: Step[];
  /** What each reply has cost, and how many messages were stored by then. */
  readonly costs: (Cost & { readonly stored: number })[];
  run(signal?: AbortSignal, more?: Pick<Parameters<Agent['run']>[0], 'spent'>): Promise<Outcome>;
  say(text: string): void;
  history(): Anthropic.MessageParam[];
}

export async function converse(
  claude: ClaudeStandIn,
  tools: Tools,
  options: Partial<Parameters<typeof createAgent>[0]> = {},
  restored?: Pick<Conversation, 'stored' | 'frozen'>,
): Promise<Conversation> {
  const clock = createTestClock();
  const agent = createAgent({
    client: { baseURL: claude.url, apiKey: async () => claude.apiKey },
    clock,
    log,
    ...options,
  });
  const frozen = restored?.frozen ?? (await agent.freeze(tools, 'claude-sonnet-5-5'));
  const conversation: Conversation = {
    stored: [...(restored?.stored ?? [])],
    frozen: JSON.parse(JSON.stringify(frozen)),
    steps: [],
    costs: [],
    history: () => conversation.stored.map((text): Anthropic.MessageParam => JSON.parse(text)),
    say(text) {
      conversation.stored.push(JSON.stringify({ role: 'user', content: [{ type: 'text', text }] }));
    },
    run: (signal, more) =>
      clock.turnUntil(
        agent.run({
          frozen: conversation.frozen,
          history: conversation.history(),
          tools,
          append: async (message) => {
            conversation.stored.push(JSON.stringify(message));
          },
          onCost: async (cost) => void conversation.costs.push({ ...cost, stored: conversation.stored.length }),
          ...more,
          onStep: (step) => conversation.steps.push(step),
          signal: signal ?? new AbortController().signal,
        }),
      ),
  };
  return conversation;
}

/** A script of rounds: what is said after 0, 1, 2 … rounds of results. */
export function rounds(...says: readonly Say[]): (turn: { rounds: readonly unknown[] }) => Say | undefined {
  return (turn) => says[turn.rounds.length];
}

export function call(name: string, input: Record<string, unknown> = {}): { name: string; input: Record<string, unknown> } {
  return { name, input };
}

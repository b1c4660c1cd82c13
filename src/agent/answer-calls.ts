// Answers the tool calls of a reply: they run side by side, and one user message answers each exactly once, in their order.
import type Anthropic from '@anthropic-ai/sdk';
import type { Logger } from '../values/log.ts';
import type { Limits } from './limits.ts';
import type { Step, ToolResult, Tools } from './tools.ts';

interface Answers {
  readonly message: Anthropic.MessageParam;
  /** The bundle of the last call that made one. */
  readonly bundleDigest: string | undefined;
}

/**
 * Runs every call and builds the message that answers them. After a stop, the calls that have not finished are answered as cancelled.
 * Tools only read and propose, so repeating a call after a crash does no harm.
 */
export async function answerCalls(
  calls: readonly Anthropic.ToolUseBlockParam[],
  deps: { tools: Tools; limits: Limits; signal: AbortSignal; onStep: (step: Step) => void; log: Logger },
): Promise<Answers> {
  const results: ToolResult[] = new Array(calls.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < calls.length; index = next++) {
      const call = calls[index];
      if (call !== undefined) results[index] = await answer(call, deps);
    }
  };
  await Promise.all(Array.from({ length: Math.min(deps.limits.parallelCalls, calls.length) }, worker));
  const content = calls.map((call, index): Anthropic.ToolResultBlockParam => {
    const result = results[index] ?? CANCELLED_BEFORE;
    const text = clip(result.text, deps.limits.resultCharacters);
    return { type: 'tool_result', tool_use_id: call.id, content: text, ...(result.isError ? { is_error: true } : {}) };
  });
  const bundleDigest = results.flatMap((result) => (result.bundleDigest === undefined ? [] : [result.bundleDigest])).at(-1);
  return { message: { role: 'user', content }, bundleDigest };
}

const CANCELLED_BEFORE: ToolResult = { text: 'Cancelled before it ran: the person pressed Stop.', isError: true };
const CANCELLED_DURING: ToolResult = { text: 'Cancelled while it ran: the person pressed Stop.', isError: true };
const BROKEN: ToolResult = { text: 'The tool could not be reached. Say so; do not assume that it did anything.', isError: true };

async function answer(
  call: Anthropic.ToolUseBlockParam,
  deps: { tools: Tools; signal: AbortSignal; onStep: (step: Step) => void; log: Logger },
): Promise<ToolResult> {
  if (deps.signal.aborted) return CANCELLED_BEFORE;
  try {
    return await deps.tools.call({ id: call.id, name: call.name, input: call.input }, { signal: deps.signal, onStep: deps.onStep });
  } catch (error) {
    if (deps.signal.aborted) return CANCELLED_DURING;
    deps.log.error({ err: error, tool: call.name }, 'a tool call could not be made');
    return BROKEN;
  }
}

/**
 * Cuts a result before it is stored, never later: the model must get the same bytes in every turn (preserved thinking). Half of a character
 * would make the request one that is not UTF-8.
 */
function clip(text: string, limit: number): string {
  if (text === '') return '(empty)';
  if (text.length <= limit) return text.toWellFormed();
  return `${text.slice(0, limit).toWellFormed()}\n[cut: ${text.length - limit} more characters]`;
}

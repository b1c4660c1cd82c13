// Reads a message history (its open tool calls, what was said), heals it, and marks the copy that is sent for the cache.
import type Anthropic from '@anthropic-ai/sdk';

type MessageParam = Anthropic.MessageParam;
type ContentBlockParam = Anthropic.ContentBlockParam;

/** The tool calls of the last message, which nobody has answered yet; none unless the assistant spoke last. */
export function openCalls(history: readonly MessageParam[]): Anthropic.ToolUseBlockParam[] {
  const last = history.at(-1);
  if (last?.role !== 'assistant' || typeof last.content === 'string') return [];
  return last.content.filter((block) => block.type === 'tool_use');
}

const UNKNOWN = 'It is not known whether this ran, or what it answered. Look before you repeat it.';

/**
 * The history as the API takes it: every call is answered in the message after it, and nothing is answered that was not called. A failed
 * statement, a killed process or two at once leave such gaps; they are filled as unknown, the same way each time, since the model must get
 * the same bytes again. Calls of the last message stay open.
 */
export function healed(history: readonly MessageParam[]): MessageParam[] {
  const whole: MessageParam[] = [];
  for (const message of history) {
    const open = openCalls(whole);
    if (message.role !== 'user') {
      if (open.length > 0) whole.push({ role: 'user', content: open.map(({ id }) => unknown(id)) });
      whole.push(message);
      continue;
    }
    const blocks = typeof message.content === 'string' ? [{ type: 'text' as const, text: message.content }] : message.content;
    const answers = blocks.filter((block) => block.type === 'tool_result');
    if (open.length === 0 && answers.length === 0) {
      whole.push(message);
      continue;
    }
    const answered = open.map(({ id }) => answers.find((answer) => answer.tool_use_id === id) ?? unknown(id));
    const content = [...answered, ...blocks.filter((block) => block.type !== 'tool_result')];
    if (content.length > 0) whole.push({ role: 'user', content });
  }
  return whole;
}

function unknown(id: string): Anthropic.ToolResultBlockParam {
  return { type: 'tool_result', tool_use_id: id, content: UNKNOWN, is_error: true };
}

/** The text of a message's text blocks; empty when it has none. */
export function messageText(content: string | readonly { readonly type: string; readonly text?: unknown }[]): string {
  if (typeof content === 'string') return content;
  return content
    .flatMap((block) => (block.type === 'text' && typeof block.text === 'string' ? [block.text] : []))
    .join('\n\n')
    .trim();
}

/**
 * The messages as they are sent: with a cache breakpoint on the last block. Only the copy that goes out has it, never the stored message;
 * the prefix that thinking blocks are bound to does not include it
 * (facts: claude-and-mcp#preserved-thinking, claude-and-mcp#caching-and-token-counts).
 */
export function withCacheMark(history: readonly MessageParam[]): MessageParam[] {
  const last = history.at(-1);
  if (last?.role !== 'user' || typeof last.content === 'string') return [...history];
  const block = last.content.at(-1);
  if (block === undefined || !canBeMarked(block)) return [...history];
  const content: ContentBlockParam[] = [...last.content.slice(0, -1), { ...block, cache_control: { type: 'ephemeral' } }];
  return [...history.slice(0, -1), { role: 'user', content }];
}

function canBeMarked(block: ContentBlockParam): block is Anthropic.TextBlockParam | Anthropic.ToolResultBlockParam {
  return block.type === 'text' || block.type === 'tool_result';
}

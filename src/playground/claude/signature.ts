// Preserved thinking: a thinking block is signed over system, tools and every earlier message, so a changed prefix shows.
import { createHmac } from 'node:crypto';
import { blocksOf, type MessagesRequest, type WireMessage } from './conversation/wire.ts';

/** Fixed, so that conversations outlive a restart of the playground. It protects nothing. */
const KEY = 'offline-claude';

type Prefix = Pick<MessagesRequest, 'system' | 'tools'> & { readonly messages: readonly WireMessage[] };

/** The signature of a thinking block that follows `prefix`. */
export function sign(prefix: Prefix, thinking: string): string {
  const system = typeof prefix.system === 'string' ? [{ type: 'text', text: prefix.system }] : (prefix.system ?? []);
  const messages = prefix.messages.map((message) => ({ role: message.role, content: blocksOf(message) }));
  const text = JSON.stringify(canonical({ system, tools: prefix.tools ?? [], messages, thinking }));
  return createHmac('sha256', KEY).update(text).digest('base64');
}

/** The index of the first message whose thinking is not bound to what stands before it; undefined when all are. */
export function changedPrefixAt(request: MessagesRequest): number | undefined {
  const index = request.messages.findIndex((message, at) =>
    blocksOf(message).some(
      (block) =>
        block.type === 'thinking' && block.signature !== sign({ ...request, messages: request.messages.slice(0, at) }, block.thinking),
    ),
  );
  return index < 0 ? undefined : index;
}

/**
 * Some thinking blocks taken out and others left: every reply of ours begins with one. Taking all out begins a new segment, whose own
 * replies think again.
 */
export function halfStrippedAt(request: MessagesRequest): number | undefined {
  const thinks = (message: WireMessage) => blocksOf(message).some((block) => block.type === 'thinking');
  const first = request.messages.findIndex(thinks);
  if (first < 0) return undefined;
  const index = request.messages.findIndex((message, at) => at > first && message.role === 'assistant' && !thinks(message));
  return index < 0 ? undefined : index;
}

/** Sorted keys, without cache marks: they are no part of the prefix. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, item]) => key !== 'cache_control' && item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, canonical(item)]));
}

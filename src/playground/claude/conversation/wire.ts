// The Messages API's request body as Databricks' endpoint takes it: nothing it doesn't know, nothing in beta.
import { z } from 'zod';

const CacheControl = z.strictObject({ type: z.literal('ephemeral') });
const cacheControl = { cache_control: CacheControl.nullish() };

const Text = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1, 'text content blocks must be non-empty'),
  citations: z.null().optional(),
  ...cacheControl,
});
const ToolUse = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()),
  ...cacheControl,
});
const ToolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(Text)]).optional(),
  is_error: z.boolean().optional(),
  ...cacheControl,
});
const Thinking = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() });

const UserContent = z.union([z.string().min(1), z.array(z.discriminatedUnion('type', [Text, ToolResult])).min(1)]);
const AssistantContent = z.union([z.string().min(1), z.array(z.discriminatedUnion('type', [Text, ToolUse, Thinking])).min(1)]);
const Message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('user'), content: UserContent }),
  z.strictObject({ role: z.literal('assistant'), content: AssistantContent }),
]);

const Tool = z.strictObject({
  type: z.literal('custom').optional(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal('object') }),
  strict: z.boolean().optional(),
  ...cacheControl,
});

/** Unknown body fields get 400 "Extra inputs are not permitted" (facts: claude-and-mcp#databricks-endpoint). */
export const MessagesRequest = z.strictObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1).max(128_000),
  stream: z.boolean().optional(),
  system: z.union([z.string(), z.array(Text)]).optional(),
  tools: z.array(Tool).optional(),
  tool_choice: z.strictObject({ type: z.literal('auto'), disable_parallel_tool_use: z.boolean().optional() }).optional(),
  thinking: z
    .union([
      z.strictObject({ type: z.literal('adaptive'), display: z.enum(['summarized', 'omitted']).optional() }),
      z.strictObject({ type: z.literal('between_tools') }),
      z.strictObject({ type: z.literal('disabled') }),
    ])
    .optional(),
  stop_sequences: z.array(z.string()).optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  output_config: z.strictObject({ effort: z.enum(['low', 'medium', 'high']).optional() }).optional(),
  messages: z.array(Message).min(1),
});

export type MessagesRequest = z.infer<typeof MessagesRequest>;
export type WireMessage = MessagesRequest['messages'][number];
type Block = Exclude<WireMessage['content'], string>[number];

/** A message's blocks; a string is one text block. */
export function blocksOf(message: WireMessage): readonly Block[] {
  return typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
}

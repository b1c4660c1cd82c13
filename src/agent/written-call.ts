// A tool call that the program writes itself: the model then finds it in its history as one of its own (facts: claude-and-mcp#the-loop).
import type Anthropic from '@anthropic-ai/sdk';
import { answerCalls } from './answer-calls.ts';
import { openCalls } from './history.ts';
import type { ToolCall } from './tools.ts';

type MessageParam = Anthropic.MessageParam;

/**
 * Saves the call, makes it, and saves what it answered. Of one that `history` has already, only what is missing is done; in a history its id
 * stands once. Rejects where `append` does.
 */
export async function writeCall(
  call: ToolCall,
  {
    history,
    append,
    ...deps
  }: Parameters<typeof answerCalls>[1] & {
    readonly history: readonly MessageParam[];
    readonly append: (message: MessageParam) => Promise<void>;
  },
): Promise<void> {
  if (history.some((message) => isAnswerTo(call, message))) return;
  const block = { type: 'tool_use', ...call } as const;
  if (!openCalls(history).some(({ id }) => id === call.id)) await append({ role: 'assistant', content: [block] });
  const { message } = await answerCalls([block], deps);
  await append(message);
}

function isAnswerTo({ id }: ToolCall, { content }: MessageParam): boolean {
  return typeof content !== 'string' && content.some((block) => block.type === 'tool_result' && block.tool_use_id === id);
}

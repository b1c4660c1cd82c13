// The calls that a command takes, which stand in the history as the model's own, and what the first of them was answered.
import type { ToolCall } from '../../agent/tools.ts';
import type { ConversationRow } from '../../storage/conversations.ts';
import type { SaidRow } from '../../storage/model-messages.ts';

/** Ids stand once in a history: a thread is begun by one command. */
const GENERATE = 'toolu_dab_generate';
const VALIDATE = 'toolu_dab_validate';

export function generateCall(subject: ConversationRow['subject']): ToolCall {
  return 'jobId' in subject
    ? { id: GENERATE, name: 'generate_bundle_from_job', input: { job_id: subject.jobId } }
    : { id: GENERATE, name: 'generate_bundle', input: { folder: subject.folder } };
}

export function validateCall(digest: string): ToolCall {
  return { id: VALIDATE, name: 'validate_bundle', input: { bundle_id: digest } };
}

/** Undefined where it was not made. */
export function generateAnswer(
  said: readonly Pick<SaidRow, 'content'>[],
): { readonly text: string; readonly isError: boolean } | undefined {
  const blocks = said.flatMap(({ content }): { tool_use_id?: unknown; content?: unknown; is_error?: unknown }[] =>
    Array.isArray(content) ? content : [],
  );
  const answer = blocks.findLast((block) => block.tool_use_id === GENERATE);
  return typeof answer?.content === 'string' ? { text: answer.content, isError: answer.is_error === true } : undefined;
}

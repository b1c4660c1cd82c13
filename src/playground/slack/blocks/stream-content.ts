// What a stream holds after each call: chunks checked and merged, its weight, its blocks (facts: slack#streams).

import { MARKDOWN_TEXT, MESSAGE_BLOCKS, STREAM_BYTES, TASKS } from '../protocol/limits.ts';
import type { Block } from '../protocol/page-api.ts';
import { type Args, type Dict, isDict, refusalWith, SlackRefusal } from '../protocol/refusal.ts';
import type { StreamContent, StreamTask, TaskStatus } from '../team/state.ts';
import { checkBlocks } from './block-rules.ts';

const STATUSES: readonly TaskStatus[] = ['pending', 'in_progress', 'complete', 'error'];

export type StreamInput =
  | { readonly mode: 'chunks'; readonly chunks: readonly unknown[] }
  | { readonly mode: 'markdown'; readonly text: string };

/** The chunks or markdown_text of a call. @throws cannot_provide_both_markdown_text_and_chunks, invalid_chunks, msg_too_long */
export function streamInput(args: Args): StreamInput | undefined {
  const chunks = args.json('chunks', 'invalid_chunks');
  const text = args.text('markdown_text');
  if (chunks !== undefined && text !== undefined) throw new SlackRefusal('cannot_provide_both_markdown_text_and_chunks');
  if (text !== undefined) {
    if (text.length > MARKDOWN_TEXT) throw new SlackRefusal('msg_too_long');
    return { mode: 'markdown', text };
  }
  if (chunks === undefined) return undefined;
  if (!Array.isArray(chunks)) throw refusalWith('invalid_chunks', ['must be an array [json-pointer:/chunks]']);
  return { mode: 'chunks', chunks };
}

export function emptyContent(): StreamContent {
  return { tasks: [], text: '', blocks: [] };
}

export function copyContent(content: StreamContent): StreamContent {
  return { ...content, tasks: content.tasks.map((task) => ({ ...task })), blocks: [...content.blocks] };
}

/** The content after a call; the old one stays untouched, so a refused call changes nothing. @throws invalid_chunks, msg_too_long */
export function merge(before: StreamContent, input: StreamInput | undefined): StreamContent {
  const content = copyContent(before);
  if (input?.mode === 'markdown') content.text += input.text;
  if (input?.mode === 'chunks') {
    input.chunks.forEach((chunk, index) => {
      mergeChunk(content, chunk, `/chunks/${index}`);
    });
  }
  if (content.tasks.length > TASKS) throw refusalWith('invalid_chunks', [`no more than ${TASKS} tasks allowed [json-pointer:/chunks]`]);
  if (content.blocks.length > MESSAGE_BLOCKS) throw refusalWith('invalid_blocks', [`no more than ${MESSAGE_BLOCKS} items allowed`]);
  if (weight(content) > STREAM_BYTES) throw new SlackRefusal('msg_too_long');
  return content;
}

function invalid(at: string, problem: string): SlackRefusal {
  return refusalWith('invalid_chunks', [`${problem} [json-pointer:${at}]`]);
}

function mergeChunk(content: StreamContent, chunk: unknown, at: string): void {
  if (!isDict(chunk)) throw invalid(at, 'must be an object');
  if (chunk.type === 'markdown_text') {
    if (typeof chunk.text !== 'string') throw invalid(at, 'missing required field: text');
    content.text += chunk.text;
  } else if (chunk.type === 'plan_update') {
    if (typeof chunk.title !== 'string') throw invalid(at, 'missing required field: title');
    content.planTitle = chunk.title;
  } else if (chunk.type === 'task_update') {
    mergeTask(content, chunk, at);
  } else if (chunk.type === 'blocks') {
    content.blocks.push(...checkBlocks(chunk.blocks, 'message'));
  } else {
    throw invalid(`${at}/type`, `unsupported type: ${String(chunk.type)}`);
  }
}

/** Title and status replace; details and output are appended (facts: slack#streams). */
function mergeTask(content: StreamContent, chunk: Dict, at: string): void {
  const status = STATUSES.find((known) => known === chunk.status);
  if (typeof chunk.id !== 'string' || chunk.id === '') throw invalid(`${at}/id`, 'missing required field: id');
  if (typeof chunk.title !== 'string' || chunk.title === '') throw invalid(`${at}/title`, 'missing required field: title');
  if (status === undefined) throw invalid(`${at}/status`, `must be one of ${STATUSES.join(', ')}`);
  const id = chunk.id;
  let task: StreamTask | undefined = content.tasks.find((known) => known.id === id);
  if (task === undefined) {
    task = { id, title: chunk.title, status, details: '', output: '' };
    content.tasks.push(task);
  }
  task.title = chunk.title;
  task.status = status;
  if (typeof chunk.details === 'string') task.details += chunk.details;
  if (typeof chunk.output === 'string') task.output += chunk.output;
}

/** Weighted UTF-8 bytes: text and titles once, details and output twice. */
function weight(content: StreamContent): number {
  const bytes = (text: string): number => Buffer.byteLength(text);
  return content.tasks.reduce(
    (sum, task) => sum + bytes(task.title) + 2 * (bytes(task.details) + bytes(task.output)),
    bytes(content.text) + bytes(content.planTitle ?? ''),
  );
}

/** Whether some task is neither complete nor failed: sealed like this it shows "Something went wrong". */
export function hasOpenTask(content: StreamContent): boolean {
  return content.tasks.some((task) => task.status === 'pending' || task.status === 'in_progress');
}

/** The content as the blocks that conversations.replies answers and clicks are looked up in. */
export function contentBlocks(content: StreamContent, displayMode: 'timeline' | 'plan'): Block[] {
  const rich = (text: string) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] });
  const tasks = content.tasks.map((task) => ({
    type: 'task_card',
    task_id: task.id,
    title: task.title,
    status: task.status,
    ...(task.details !== '' ? { details: rich(task.details) } : {}),
    ...(task.output !== '' ? { output: rich(task.output) } : {}),
  }));
  const steps: Block[] = displayMode === 'plan' && tasks.length > 0 ? [{ type: 'plan', title: content.planTitle ?? '', tasks }] : tasks;
  return [...steps, ...(content.text === '' ? [] : [{ type: 'markdown', text: content.text }]), ...content.blocks];
}

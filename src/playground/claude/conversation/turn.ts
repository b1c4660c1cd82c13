// The conversation as a model sees it: what the person asked last, and every round of tool calls since.
import { blocksOf, type MessagesRequest, type WireMessage } from './wire.ts';

export interface Result {
  readonly text: string;
  readonly isError: boolean;
}

export interface Turn {
  /** What the person wrote. */
  readonly text: string;
  /** What the model said last before that; '' at the beginning. */
  readonly before: string;
  /** The bundle that the conversation names. */
  readonly bundle: string | undefined;
  /** Results of the rounds of calls made since, in order. */
  readonly rounds: readonly (readonly Result[])[];
}

/** The lines that the conversation adds to a message: when there is a bundle, and when it was begun with before. */
const CURRENT = /^Current bundle: ([0-9a-f]{64}) \((?:version \d+|made for this message so far)\)$/;
const BEGUN = /^You began with this message before/;

export function readTurn(request: MessagesRequest): Turn {
  const { messages } = request;
  const start = messages.findLastIndex((message) => message.role === 'user' && textsOf(message).length > 0);
  const texts = textsOf(messages[start]);
  const bundle = texts.flatMap((text) => CURRENT.exec(text)?.[1] ?? []).at(-1);
  const rounds = messages.slice(start + 1).flatMap((message) => {
    const results = blocksOf(message).flatMap((block) =>
      block.type === 'tool_result' ? [{ text: flat(block.content), isError: block.is_error === true }] : [],
    );
    return results.length === 0 ? [] : [results];
  });
  return {
    text: texts.filter((text) => !CURRENT.test(text) && !BEGUN.test(text)).join('\n'),
    before: textsOf(messages.slice(0, Math.max(0, start)).findLast((message) => message.role === 'assistant')).join('\n'),
    bundle,
    rounds,
  };
}

function textsOf(message: WireMessage | undefined): string[] {
  return message === undefined ? [] : blocksOf(message).flatMap((block) => (block.type === 'text' ? [block.text] : []));
}

function flat(content: string | readonly { text: string }[] | undefined): string {
  return typeof content === 'string' ? content : (content ?? []).map((part) => part.text).join('\n');
}

// A long answer as several messages, cut where a reader would pause: nothing of it is left out.
import type { FileChange } from '../../conversation/story/file-changes.ts';
import type { ThreadMessage } from '../../conversation/thread-port.ts';

/** A part of an answer; the first one mentions whom it is `to`, and what it is `about`. */
export interface ReplyPart {
  readonly kind: 'reply';
  readonly to?: string;
  readonly about?: string;
  readonly text: string;
  readonly changes?: readonly FileChange[];
  readonly later?: { readonly threadTs: string };
}

/** Characters of one part: a markdown block takes 12,000 (facts: slack#blocks-and-their-limits), and what is made harmless may grow by a fifth. */
const PART = 9900;
/** Beside a diff. */
const BESIDE_DIFF = 5500;
/** A part that ends at the end of a paragraph, a line or a word is at least this long. */
const SHORTEST = 0.5;
/** A fence of a code block with what its first line says. */
const FENCE = /^ {0,3}(`{3,20}|~{3,20})[^\n`]{0,40}/;
/** For the fence that ends a part, and its line break. */
const FENCE_CHARACTERS = 21;

export function splitReply({ to, about, text, changes, later }: Extract<ThreadMessage, { kind: 'reply' }>): readonly ReplyPart[] {
  const texts = splitText(text, PART);
  const tooLong = changes !== undefined && (texts.at(-1) ?? '').length > BESIDE_DIFF;
  return [...texts, ...(tooLong ? [''] : [])].map(
    (part, index, all): ReplyPart => ({
      kind: 'reply',
      ...(index === 0 ? { to, ...(about === undefined ? {} : { about }) } : {}),
      text: part,
      ...(index === all.length - 1 ? { ...(changes && { changes }), ...(later && { later }) } : {}),
    }),
  );
}

/** A code block that is cut goes on as one. */
function splitText(text: string, most: number): string[] {
  const parts: string[] = [];
  let opening = '';
  for (let from = 0; from < text.length; ) {
    const room = most - opening.length - FENCE_CHARACTERS;
    const whole = text.slice(from, from + room);
    const length = from + room >= text.length ? whole.length : cutAt(whole);
    const part = opening + whole.slice(0, length);
    from += length;
    const open = openFence(part);
    opening = open === undefined || from >= text.length ? '' : `${open.line}\n`;
    parts.push(opening === '' ? part : `${part}${part.endsWith('\n') ? '' : '\n'}${open?.mark}`);
  }
  return parts.length === 0 ? [text] : parts;
}

/** Where a reader would pause: after a paragraph, else a line, else a word. */
function cutAt(text: string): number {
  for (const pause of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(pause);
    if (at >= text.length * SHORTEST) return at + pause.length;
  }
  // Never between the two halves of a character.
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}

/** The code block that is still open at the end of a text. */
function openFence(text: string): { readonly mark: string; readonly line: string } | undefined {
  let open: { readonly mark: string; readonly line: string } | undefined;
  for (const row of text.split('\n')) {
    const [line, mark = ''] = FENCE.exec(row) ?? [];
    if (line === undefined) continue;
    if (open === undefined) open = { mark, line };
    else if (mark.startsWith(open.mark) && row.trim() === mark) open = undefined;
  }
  return open;
}

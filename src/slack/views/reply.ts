// What a turn ends with in its thread: the model's words with what changed since the version before, and where a file went that is not there.
import type { FileChange } from '../../conversation/story/file-changes.ts';
import { during } from '../../values/stalls.ts';
import { button, type Message, section } from './blocks.ts';
import { LIMITS } from './limits.ts';
import { plainText, safeMarkdown } from './markdown.ts';
import { clip, codeSpan, escapeText, oneLine } from './slack-text.ts';

/** Of the markdown block's limit, the part that the diff may take. */
const DIFF_LENGTH = 5000;
/** Diff lines that are shown; the rest is in the zip. */
const DIFF_LINES = 60;
const FENCE = '```';
/** Of somebody's message, as much as it takes to know which it was. */
const ABOUT_CHARACTERS = 150;

interface Reply {
  /** Is mentioned, with what the answer is `about`; left out where they have been in the part before. */
  readonly to?: string;
  readonly about?: string;
  readonly text: string;
  readonly changes?: readonly FileChange[];
  /** Offers to ask Claude later, in that thread. */
  readonly later?: { readonly threadTs: string } | undefined;
}

export function renderReply(reply: Reply): Message {
  return during('drawing an answer', () => replyMessage(reply));
}

function replyMessage(reply: Reply): Message {
  const diff = renderChanges(reply.changes ?? []);
  const mention = reply.to === undefined ? '' : `<@${reply.to}> `;
  const about = reply.about === undefined ? '' : `\n>${oneLine(escapeText(clip(reply.about, ABOUT_CHARACTERS)))}`;
  // Cut first: whatever stands behind is not worked on.
  const said = clip(reply.text, LIMITS.markdown);
  const words = clip(safeMarkdown(said), LIMITS.markdown - diff.length - 100);
  return {
    text: clip(`${mention}${plainText(clip(said, 2 * LIMITS.sectionText))}`, LIMITS.sectionText),
    blocks: [
      ...(mention === '' ? [] : [section(`${mention.trim()}${about}`)]),
      ...[words, diff].filter((text) => text !== '').map((text) => ({ type: 'markdown' as const, text })),
      ...(reply.later === undefined
        ? []
        : [{ type: 'actions' as const, block_id: 'later', elements: [button('Ask Claude', 'ask_claude', reply.later.threadTs)] }]),
    ],
  };
}

/** A diff as one code block per file; long ones are cut and say so. */
function renderChanges(changes: readonly FileChange[]): string {
  if (changes.length === 0) return '';
  let left = DIFF_LINES;
  const parts = changes.map((change) => {
    const shown = change.lines.slice(0, Math.max(0, left));
    left -= shown.length;
    const more = change.lines.length - shown.length;
    // A fence inside the text would end the block early.
    const lines = [...shown, ...(more > 0 ? [`… ${more} more lines`] : [])].map((line) =>
      clip(line, 200)
        .replaceAll(FENCE, "'''")
        .replace(/<(?=[!@#])/g, '‹'),
    );
    return `${codeSpan(clip(change.path, 200))} (${change.kind})${lines.length > 0 ? `\n${FENCE}diff\n${lines.join('\n')}\n${FENCE}` : ''}`;
  });
  let text = '';
  for (const [index, part] of parts.entries()) {
    if (text.length + part.length > DIFF_LENGTH) return `${text}… and ${parts.length - index} more changed files (all in the zip)`;
    text += `${part}\n`;
  }
  return text.trimEnd();
}

/** Who else reads a channel: guests of the team, people of other teams, or nobody knows. */
export type Outsiders = 'guests' | 'others' | 'unseen';

const WHY: Record<Outsiders, string> = {
  guests: 'there are guests in this channel',
  others: 'people from outside this Slack team read this channel',
  unseen: 'I can’t see who reads this channel',
};

/** `to` got the file; `what` is what one must be able to read for it; the button carries the message's `id`. */
export function renderSentDirectly(of: {
  readonly file: string;
  readonly outsiders: Outsiders;
  readonly to: string | undefined;
  readonly what: string;
  readonly id: string;
}): Message {
  const file = escapeText(clip(of.file, 200));
  const what = escapeText(clip(of.what, 200));
  const others = `may read ${what} in Databricks gets it by this button`;
  const who = of.to === undefined ? `whoever ${others}` : `<@${of.to}> has it, and whoever else ${others}`;
  const text = `:lock: \`${file}\` goes to people directly, since ${WHY[of.outsiders]}: ${who}.`;
  return { text, blocks: [{ ...section(text), accessory: button('Send it to me', 'send_file', of.id) }] };
}

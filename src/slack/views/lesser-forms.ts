// What stands in the place of a message that Slack does not take as meant: its words, and the way to what they can't hold.
import type { ThreadMessage } from '../../conversation/thread-port.ts';
import { button, context, type Message, section } from './blocks.ts';
import { renderDeploymentResult } from './deployment-result.ts';
import { clip, escapeText } from './slack-text.ts';
import type { ReplyPart } from './split-reply.ts';

type File = Extract<ThreadMessage, { kind: 'archive' | 'release' }>;
type Card = Extract<ThreadMessage, { kind: 'card' | 'write' }>;

/** Of the names of changed files. */
const CHANGED_CHARACTERS = 1000;

/** An answer without its markup: all of it stays readable, and the diff is in the zip. */
export function renderReplyInWords({ to, text, changes = [] }: ReplyPart): Message {
  const mention = to === undefined ? '' : `<@${to}> `;
  const paths = changes.map(({ path }) => path).join(', ');
  const changed = paths === '' ? '' : `\nChanged files, which the zip has: ${clip(paths, CHANGED_CHARACTERS)}`;
  return { text: `${mention}${escapeText(`${text}${changed}`)}`, blocks: [] };
}

/** A message that is there already and can't be drawn anew; `why` is a clause. */
export function renderDrawnInWords({ text }: Message, why: string): string {
  return `${text}\n:warning: I can’t show more of it here: ${why}. Ask me here for what you miss.`;
}

export function renderResultInWords(result: Extract<ThreadMessage, { kind: 'result' }>): Message {
  return { text: renderDeploymentResult(result).text, blocks: [] };
}

/** `why` is a clause. */
export function renderCardInWords(card: Card, why: string): Message {
  return { text: `I can’t show ${nameOf(card)} here: ${why}. Ask me here for a new one.`, blocks: [] };
}

/** A card that nobody could press outside of its thread. */
export function renderCardElsewhere(card: Card): Message {
  return { text: `I can’t show ${nameOf(card)} there either. Begin a new thread with \`/dab\`, and ask for it there.`, blocks: [] };
}

/** `of` is the stored message's id; `why` is a clause or a sentence. */
export function renderFileInWords(file: File, why: string, of: string): Message {
  const words = section(
    `:warning: I can’t send ${nameOf(file)} here: ${why.replace(/\.$/, '')}. Press the button, and I try to send it to you directly. If that fails too, ask an admin of Slack whether apps may send files.`,
  );
  return { text: words.text.text, blocks: [{ ...words, accessory: button('Send it to me', 'send_file', of) }] };
}

/** Of a message that Slack takes in no form; `of` is its id, with which the log names it. */
export function renderGivenUp(of: string): Message {
  const text = `:warning: I have something to say here that Slack takes in no form. Ask me here for what you miss; my log has it as \`${of}\`.`;
  return { text, blocks: [] };
}

/** In direct messages, since its thread is not open to us. */
export function renderElsewhere(message: Message, about: string): Message {
  const words = `I can’t write in the thread about ${escapeText(about)} any more, so I say it here.`;
  return {
    text: `${words}\n${message.text}`,
    blocks: message.blocks.length === 0 ? [] : [context(words), ...message.blocks],
  };
}

function nameOf(message: File | Card): string {
  switch (message.kind) {
    case 'archive':
      return `the zip of version ${message.version}`;
    case 'release':
      return `the file with all that the plan of version ${message.version} would change`;
    case 'card':
      return `the card of version ${message.version}`;
    case 'write':
      return 'the card with the button for what you asked for';
  }
}

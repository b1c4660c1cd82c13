// One message: who, when, text or blocks or stream, files, reactions, and the way into its thread.

import { fileAddress } from './api.js';
import { renderBlocks } from './blocks/blocks.js';
import { steps } from './blocks/plan.js';
import { h } from './dom/dom.js';
import { icon } from './dom/icons.js';
import { avatar, clock, dateOf, size } from './format.js';
import { keyOf } from './store.js';
import { emoji } from './text/inline.js';
import { markdown } from './text/markdown.js';
import { mrkdwn } from './text/mrkdwn.js';

/** @typedef {import('../slack/protocol/page-api.ts').Message} Message */
/** @typedef {import('./blocks/block-types.js').Place} Place */
/** @typedef {import('./dom/dom.js').Child} Child */

/**
 * @typedef {object} MessageOptions
 * @property {Place} place
 * @property {string} realName the author's full name, or the bot's
 * @property {boolean} follows whether the message before is of the same author, shortly before
 * @property {(() => void) | undefined} openThread undefined inside a thread
 * @property {Message | undefined} lastReply
 */

/**
 * @param {Message} message
 * @param {MessageOptions} options
 * @returns {HTMLElement}
 */
export function messageView(message, { place, realName, follows, openThread, lastReply }) {
  const person = { id: message.user, name: realName, isBot: message.isBot };
  const compact = follows && !message.ephemeralId;
  const classes = ['message', compact && 'compact', message.ephemeralId && 'ephemeral', message.stream?.live && 'live'];
  const app = message.isBot && h('span', { class: 'badge' }, 'APP');
  const head = h('div', { class: 'message-head' }, h('span', { class: 'author' }, realName), app, clock(message.ts));
  return h(
    'article',
    {
      class: classes.filter(Boolean).join(' '),
      'data-key': keyOf(message),
      'data-ts': message.ts,
      'aria-label': `${realName}, ${clock(message.ts).textContent}`,
    },
    message.ephemeralId && h('div', { class: 'only-you' }, icon('eye'), 'Only visible to you'),
    h('div', { class: 'gutter' }, compact ? clock(message.ts, true) : avatar(person)),
    h(
      'div',
      { class: 'message-body' },
      !compact && head,
      content(message, place),
      message.files?.map((file) => fileCard(file)),
      reactions(message),
      openThread && (message.replyCount ?? 0) > 0 && repliesBar(message, openThread, lastReply),
    ),
    openThread &&
      !message.ephemeralId &&
      h(
        'div',
        { class: 'hover-bar' },
        h('button', { type: 'button', title: 'Reply in thread', 'aria-label': 'Reply in thread', onclick: openThread }, icon('reply')),
      ),
  );
}

/** @param {Message} message @param {Place} place */
function content(message, place) {
  const { stream } = message;
  /** @type {Child[]} */
  const parts = [];
  if (stream) parts.push(...streamed(stream, place));
  const blocks = message.blocks ?? [];
  if (blocks.length > 0) parts.push(renderBlocks(blocks, place));
  else if (!stream && message.text !== '') parts.push(h('div', { class: 'text' }, ...mrkdwn(message.text, place.names)));
  if (message.edited) parts.push(h('span', { class: 'edited' }, '(edited)'));
  return h('div', { class: 'content' }, ...parts);
}

/** @param {import('../slack/protocol/page-api.ts').PageStream} stream @param {Place} place @returns {Child[]} */
function streamed(stream, place) {
  const { planTitle, tasks, text, blocks } = stream.chunks;
  const empty = !planTitle && tasks.length === 0 && text === '' && !blocks?.length;
  return [
    (planTitle || tasks.length > 0) && steps(planTitle ?? '', tasks, place, stream.live),
    text !== '' && h('div', { class: 'markdown' }, ...markdown(text, place.names)),
    blocks && blocks.length > 0 && renderBlocks(blocks, place),
    empty && stream.live && h('div', { class: 'thinking' }, 'Thinking…'),
    stream.error && h('div', { class: 'stream-error' }, icon('warning'), stream.error),
  ];
}

/** @param {import('../slack/protocol/page-api.ts').PageFile} file */
function fileCard(file) {
  const kind = /\.([a-z0-9]{1,4})$/i.exec(file.name)?.[1]?.toUpperCase() ?? 'FILE';
  return h(
    'a',
    { class: 'file', href: fileAddress(file), download: file.name, 'data-file': file.id },
    h('span', { class: 'file-kind', 'aria-hidden': 'true' }, kind),
    h(
      'span',
      { class: 'file-words' },
      h('span', { class: 'file-name' }, file.name),
      h('span', { class: 'muted' }, `${size(file.size)} · Download`),
    ),
    icon('download'),
  );
}

/** @param {Message} message */
function reactions(message) {
  if (!message.reactions?.length) return null;
  const pills = message.reactions.map((one) =>
    h('span', { class: 'reaction', title: `:${one.name}:` }, emoji(one.name), ` ${one.users.length}`),
  );
  return h('div', { class: 'reactions' }, ...pills);
}

/** @param {Message} message @param {() => void} openThread @param {Message | undefined} lastReply */
function repliesBar(message, openThread, lastReply) {
  const count = message.replyCount ?? 0;
  const last = lastReply && h('span', { class: 'muted' }, 'Last reply at ', clock(lastReply.ts));
  const working =
    message.agentStatus === 'processing' &&
    h('span', { class: 'working' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), 'Working…');
  return h(
    'button',
    { type: 'button', class: 'replies', onclick: openThread },
    h('strong', null, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    working || last,
    icon('chevron'),
  );
}

/** Minutes within which messages of one author share a head. */
const TOGETHER = 5;

/**
 * Whether a message needs no head of its own.
 * @param {Message} message
 * @param {Message | undefined} before
 */
export function followsOn(message, before) {
  if (!before || before.user !== message.user || before.ephemeralId || (before.replyCount ?? 0) > 0) return false;
  return dateOf(message.ts).getTime() - dateOf(before.ts).getTime() < TOGETHER * 60_000;
}

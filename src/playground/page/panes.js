// The message list of a channel and the pane of a thread.

import { h, lazy } from './dom/dom.js';
import { day } from './format.js';
import { followsOn, messageView } from './message.js';
import { keyOf } from './store.js';

/** @typedef {import('../slack/protocol/page-api.ts').Message} Message */
/** @typedef {import('../slack/protocol/page-api.ts').PageChannel} PageChannel */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./blocks/block-types.js').Place} Place */

/** What a newcomer can type; each fills the composer. */
const TRY = ['/dab job 123', '/dab jobs churn', '/dab help'];

/**
 * @param {Store} store
 * @param {{ placeOf: (message: Message) => Place; openThread: (ts: string) => void; fill: (text: string) => void }} deps
 */
export function createPanes(store, { placeOf, openThread, fill }) {
  /** @param {Message} message */
  const realName = (message) => store.user(message.user)?.realName ?? message.userName;

  /** @param {readonly Message[]} messages @param {boolean} inThread */
  function list(messages, inThread) {
    return messages.flatMap((message, at) => {
      const before = messages[at - 1];
      const newDay = !before || day(before.ts) !== day(message.ts);
      const follows = !newDay && followsOn(message, before);
      const lastReply = inThread || !message.replyCount ? undefined : store.replies(message.channel, message.ts).at(-1);
      const { busy, users, channels } = store.data;
      const view = lazy(keyOf(message), [message, follows, lastReply, busy, users, channels], () =>
        messageView(message, {
          place: placeOf(message),
          realName: realName(message),
          follows,
          openThread: inThread ? undefined : () => openThread(message.ts),
          lastReply,
        }),
      );
      const divider =
        newDay && !inThread && h('div', { class: 'day', 'data-key': `day-${keyOf(message)}` }, h('span', null, day(message.ts)));
      return divider ? [divider, view] : [view];
    });
  }

  /** @param {PageChannel} channel @param {boolean} empty */
  function intro(channel, empty) {
    const title = channel.isDm ? channel.name : `# ${channel.name}`;
    const words = channel.isDm
      ? 'This is the very beginning of your messages. Only the two of you can read them.'
      : channel.member
        ? 'Ask DAB Bot for a bundle of a Databricks job. It answers in a thread, with the zip, the proof and a plan.'
        : 'DAB Bot is not in this channel, so it can answer only you here. Invite it with /invite @dab.';
    const chips = TRY.map((text) => h('button', { type: 'button', class: 'chip', onclick: () => fill(text) }, h('code', null, text)));
    return h(
      'div',
      { class: 'intro', 'data-key': `intro-${channel.id}` },
      h('h2', null, title),
      h('p', null, words),
      empty && h('div', { class: 'tries' }, h('p', { class: 'muted' }, 'Try one of these:'), h('div', { class: 'chips' }, ...chips)),
    );
  }

  return {
    /** @param {PageChannel} channel */
    channel(channel) {
      const roots = store.roots(channel.id);
      return [intro(channel, roots.length === 0), ...list(roots, false)];
    },
    /** @param {Message} root */
    thread(root) {
      const replies = store.replies(root.channel, root.ts);
      const count = replies.filter((reply) => !reply.ephemeralId).length;
      const words = count === 0 ? 'No replies yet' : `${count} ${count === 1 ? 'reply' : 'replies'}`;
      return [
        ...list([root], true),
        h('div', { class: 'thread-count', 'data-key': 'count' }, h('span', null, words)),
        ...list(replies, true),
      ];
    },
  };
}

// Text pieces shared by Slack's mrkdwn and Markdown: `<@U…>` references, entities, emoji names, plain addresses.

import { h, link } from '../dom/dom.js';

/**
 * What text needs to know of the people and channels it names.
 * @typedef {object} Names
 * @property {string} me the id of the person at the page
 * @property {(id: string) => string | undefined} userName
 * @property {(id: string) => string | undefined} channelName
 */

/** @typedef {import('../dom/dom.js').Child} Child */

const ENTITIES = /** @type {Record<string, string>} */ ({ '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&nbsp;': '\u00a0' });

/** The names bots use most; others stay as written, which is what Slack does with an unknown name. */
const EMOJI = /** @type {Record<string, string>} */ ({
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  warning: '⚠️',
  rocket: '🚀',
  package: '📦',
  tada: '🎉',
  wave: '👋',
  eyes: '👀',
  lock: '🔒',
  link: '🔗',
  bulb: '💡',
  hourglass_flowing_sand: '⏳',
  hourglass: '⌛',
  information_source: 'ℹ️',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  octagonal_sign: '🛑',
  pencil2: '✏️',
  memo: '📝',
  page_facing_up: '📄',
  rotating_light: '🚨',
  mag: '🔍',
  gear: '⚙️',
  robot_face: '🤖',
  thumbsup: '👍',
  '+1': '👍',
  point_right: '👉',
  arrow_right: '➡️',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  red_circle: '🔴',
  white_circle: '⚪',
});

/** @param {string} text */
export const decode = (text) => text.replace(/&(?:lt|gt|amp|quot|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);

/** @param {string} name */
export const emoji = (name) => EMOJI[name] ?? `:${name}:`;

/**
 * Plain text: entities decoded, emoji names drawn; line breaks are kept by the style sheet.
 * @param {string} text
 */
export const plain = (text) => decode(text).replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);

/**
 * A person's name as a pill, brighter when it is the reader.
 * @param {string} id
 * @param {Names} names
 * @param {string} [fallback]
 */
export function mention(id, names, fallback) {
  const name = names.userName(id) ?? fallback ?? id;
  return h('span', { class: id === names.me ? 'mention mention-me' : 'mention' }, `@${name}`);
}

/**
 * What stands between `<` and `>`: a person, a channel, a broadcast, a date or a link. Undefined when it is none of them.
 * @param {string} inner
 * @param {Names} names
 * @returns {Child | undefined}
 */
export function reference(inner, names) {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const words = bar < 0 ? '' : decode(inner.slice(bar + 1));
  if (/^@[UWB][A-Z0-9_]+$/.test(target)) return mention(target.slice(1), names, words || undefined);
  if (/^#[CGD][A-Z0-9_]+$/.test(target)) {
    return h('span', { class: 'mention' }, `#${words || (names.channelName(target.slice(1)) ?? target.slice(1))}`);
  }
  const date = /^!date\^(\d+)\^/.exec(target);
  if (date) return h('time', null, words || new Date(Number(date[1]) * 1000).toLocaleString());
  if (/^!(here|channel|everyone)$/.test(target)) return h('span', { class: 'mention mention-me' }, `@${target.slice(1)}`);
  if (/^!subteam\^/.test(target)) return h('span', { class: 'mention' }, words || '@group');
  if (/^(https?:\/\/|mailto:)/i.test(target)) return link(decode(target), words || decode(target).replace(/^mailto:/, ''));
  return undefined;
}

/** A plain address at the start of the text, without the punctuation that ends a sentence. @param {string} text */
export function addressAt(text) {
  const found = /^https?:\/\/[^\s<>|`]+/i.exec(text)?.[0];
  return found?.replace(/[).,;:!?'"*_~\]]+$/, '');
}

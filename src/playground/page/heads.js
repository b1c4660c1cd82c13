// The heads of the channel and the thread pane, and the app's home tab.

import { renderBlocks } from './blocks/blocks.js';
import { h } from './dom/dom.js';
import { icon } from './dom/icons.js';

/** @typedef {import('../slack/protocol/page-api.ts').PageChannel} PageChannel */
/** @typedef {import('../slack/protocol/page-api.ts').View} View */

/**
 * @param {PageChannel} channel
 * @param {'messages' | 'home'} tab
 * @param {(tab: 'messages' | 'home') => void} openTab
 */
export function channelHead(channel, tab, openTab) {
  /** @param {'messages' | 'home'} name @param {string} words */
  const one = (name, words) =>
    h('button', { type: 'button', class: 'tab', 'aria-current': tab === name ? 'page' : null, onclick: () => openTab(name) }, words);
  return h(
    'div',
    { class: 'head-row' },
    h('h1', null, channel.isDm ? channel.name : h('span', { class: 'head-hash' }, icon('hash')), channel.isDm ? null : channel.name),
    channel.isDm && h('div', { class: 'tabs' }, one('home', 'Home'), one('messages', 'Messages')),
    !channel.isDm && !channel.member && h('span', { class: 'muted' }, 'DAB Bot is not in this channel'),
  );
}

/**
 * @param {PageChannel} channel
 * @param {import('../slack/protocol/page-api.ts').Message} root
 * @param {{ close: () => void; stop: () => void }} deps
 */
export function threadHead(channel, root, { close, stop }) {
  const working = root.agentStatus === 'processing';
  return h(
    'div',
    { class: 'head-row' },
    h('h1', null, 'Thread'),
    h('span', { class: 'muted' }, channel.isDm ? channel.name : `#${channel.name}`),
    h('span', { class: 'grow' }),
    working && h('span', { class: 'working' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), 'Working…'),
    working && h('button', { type: 'button', class: 'button button-small', 'data-stop': true, onclick: stop }, icon('stop'), 'Stop'),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close thread', onclick: close }, icon('close')),
  );
}

/** @param {View | null} home @param {import('./blocks/block-types.js').Place | null} place */
export function homeTab(home, place) {
  if (!home || !place) return h('p', { class: 'home-empty muted' }, 'The app has not drawn its home yet.');
  return h('div', { class: 'home', 'data-key': home.id }, renderBlocks(home.blocks, place));
}

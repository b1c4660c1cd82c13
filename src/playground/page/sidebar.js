// The sidebar: channels, direct messages, and the switch between the people one can be.

import { h } from './dom/dom.js';
import { icon } from './dom/icons.js';
import { avatar } from './format.js';

/** @typedef {import('../slack/protocol/page-api.ts').PageChannel} PageChannel */
/** @typedef {import('./store.js').Store} Store */

/**
 * @param {Store} store
 * @param {{ openChannel: (id: string) => void; become: (user: string) => void }} deps
 * @returns {HTMLElement[]}
 */
export function sidebar(store, { openChannel, become }) {
  const { channels } = store.data;
  /** @param {PageChannel} channel */
  const row = (channel) => {
    const current = channel.id === store.data.channel;
    const { any, forMe } = current ? { any: false, forMe: 0 } : store.unread(channel);
    const classes = ['channel', current && 'current', any && 'unread'].filter(Boolean).join(' ');
    const sign = channel.isDm
      ? avatar({ id: channel.id, name: channel.name, isBot: channel.name === 'DAB Bot' }, 'avatar-small')
      : icon('hash');
    return h(
      'li',
      { 'data-key': channel.id },
      h(
        'button',
        { type: 'button', class: classes, 'aria-current': current ? 'page' : null, onclick: () => openChannel(channel.id) },
        sign,
        h('span', { class: 'channel-name' }, channel.name),
        any && forMe === 0 && h('span', { class: 'dot', role: 'img', 'aria-label': 'unread' }),
        forMe > 0 && h('span', { class: 'count', 'aria-label': `${forMe} unread for you` }, String(forMe)),
      ),
    );
  };
  /** @param {string} title @param {readonly PageChannel[]} rows */
  const group = (title, rows) => [h('h2', null, title), h('ul', null, ...rows.map(row))];
  return [
    h('div', { class: 'workspace-name' }, store.data.team.name || 'Workspace'),
    h(
      'nav',
      { class: 'channels', 'aria-label': 'Channels and direct messages' },
      ...group(
        'Channels',
        channels.filter((one) => !one.isDm),
      ),
      ...group(
        'Direct messages',
        channels.filter((one) => one.isDm),
      ),
    ),
    people(store, become),
  ];
}

/** @param {Store} store @param {(user: string) => void} become */
function people(store, become) {
  const rows = store.data.users.map((user) => {
    const me = user.id === store.data.me?.id;
    return h(
      'button',
      { type: 'button', class: 'person', 'aria-pressed': me ? 'true' : 'false', 'data-person': user.id, onclick: () => become(user.id) },
      avatar({ id: user.id, name: user.realName }, 'avatar-small'),
      h('span', { class: 'person-name' }, user.realName),
      user.guest && h('span', { class: 'badge' }, 'GUEST'),
    );
  });
  return h(
    'div',
    { class: 'people', role: 'group', 'aria-labelledby': 'people-title' },
    h('h2', { id: 'people-title' }, 'You are'),
    ...rows,
  );
}

// All the page knows at this moment, and the changes the server's events make to it.

/** @typedef {import('../slack/protocol/page-api.ts').Message} Message */
/** @typedef {import('../slack/protocol/page-api.ts').PageState} PageState */
/** @typedef {import('../slack/protocol/page-api.ts').PageUser} PageUser */
/** @typedef {import('../slack/protocol/page-api.ts').PageChannel} PageChannel */
/** @typedef {import('../slack/protocol/page-api.ts').View} View */

/** @param {Pick<Message, 'channel' | 'ts' | 'ephemeralId'>} message */
export const keyOf = (message) => (message.ephemeralId ? `e:${message.ephemeralId}` : `${message.channel}:${message.ts}`);

/** @param {Message} a @param {Message} b */
const byTime = (a, b) => Number(a.ts) - Number(b.ts);

/** @typedef {ReturnType<typeof createStore>} Store */

/**
 * @param {{ onChange: () => void }} options `onChange` is called after each change; drawing is the caller's matter.
 */
export function createStore({ onChange }) {
  /** @type {Map<string, Message>} */
  const messages = new Map();
  const data = {
    /** @type {PageUser | undefined} */ me: undefined,
    team: { id: '', name: '' },
    /** @type {readonly PageUser[]} */ users: [],
    /** @type {readonly PageChannel[]} */ channels: [],
    /** The channel on show. */ channel: '',
    /** The root's ts of the thread on show. @type {string | undefined} */ thread: undefined,
    /** @type {View | null} */ modal: null,
    /** @type {Readonly<Record<string, string>>} */ modalErrors: {},
    /** @type {View | null} */ home: null,
    /** @type {'messages' | 'home'} */ tab: 'messages',
    online: true,
    /** Clicks under way. @type {Set<string>} */ busy: new Set(),
    /** Whether the sidebar is open on a narrow window. */ drawer: false,
  };
  /** Per person and channel the newest ts they have had on show. @type {Map<string, number>} */
  const seen = new Map();

  /** @param {string} channel */
  const seenKey = (channel) => `${data.me?.id} ${channel}`;
  function markSeen() {
    const last = [...messages.values()]
      .filter((message) => message.channel === data.channel)
      .sort(byTime)
      .at(-1);
    if (last && data.tab === 'messages') seen.set(seenKey(data.channel), Number(last.ts));
  }
  function changed() {
    markSeen();
    onChange();
  }

  return {
    data,
    /** @param {PageState} state */
    load(state) {
      const other = data.me?.id !== state.me.id;
      Object.assign(data, { me: state.me, team: state.team ?? data.team, users: state.users, channels: state.channels });
      Object.assign(data, { modal: state.modal, home: state.home ?? null });
      if (other) Object.assign(data, { thread: undefined, tab: 'messages', modalErrors: {} });
      messages.clear();
      for (const message of state.messages) messages.set(keyOf(message), message);
      if (!data.channels.some((channel) => channel.id === data.channel)) data.channel = data.channels[0]?.id ?? '';
      changed();
    },
    /** Adds or replaces. True when it was not there before. @param {Message} message */
    put(message) {
      const isNew = !messages.has(keyOf(message));
      messages.set(keyOf(message), message);
      changed();
      return isNew;
    },
    /** @param {string} key */
    remove(key) {
      messages.delete(key);
      changed();
    },
    /** @param {Partial<typeof data>} change */
    set(change) {
      Object.assign(data, change);
      changed();
    },
    /** @param {string} id */
    user: (id) => data.users.find((user) => user.id === id),
    /** @param {string} id */
    channelOf: (id) => data.channels.find((channel) => channel.id === id),
    /** @param {string} channel @param {string} ts @returns {Message | undefined} */
    message: (channel, ts) => messages.get(`${channel}:${ts}`),
    /** What stands in the channel itself. @param {string} channel */
    roots: (channel) => [...messages.values()].filter((message) => message.channel === channel && !message.threadTs).sort(byTime),
    /** What stands below a root. @param {string} channel @param {string} root */
    replies: (channel, root) =>
      [...messages.values()].filter((message) => message.channel === channel && message.threadTs === root).sort(byTime),
    /** How much of a channel the person has not had on show: any message, and those meant for them. @param {PageChannel} channel */
    unread(channel) {
      const since = seen.get(seenKey(channel.id)) ?? 0;
      const fresh = [...messages.values()].filter((m) => m.channel === channel.id && m.user !== data.me?.id && Number(m.ts) > since);
      const mine = fresh.filter((m) => (channel.isDm && !m.threadTs) || (!m.ephemeralId && mentions(m, data.me?.id ?? '')));
      return { any: fresh.some((m) => !m.threadTs) || mine.length > 0, forMe: mine.length };
    },
  };
}

/**
 * Whether a message names a person.
 * @param {Message} message
 * @param {string} user
 */
export function mentions(message, user) {
  return message.text.includes(`<@${user}>`) || JSON.stringify(message.blocks ?? []).includes(`<@${user}>`);
}

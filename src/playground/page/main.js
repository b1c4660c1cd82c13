// Starts the page: joins the store, the live line and the panes, and draws everything anew after each change.

import { fetchState, post } from './api.js';
import { createComposer } from './composer.js';
import { byId, draw } from './dom/dom.js';
import { icon } from './dom/icons.js';
import { channelHead, homeTab, threadHead } from './heads.js';
import { createModal } from './modal.js';
import { createPanes } from './panes.js';
import { createScroller } from './scroll.js';
import { sidebar } from './sidebar.js';
import { createStore, keyOf, mentions } from './store.js';
import { listen } from './stream.js';
import { announce, toast } from './toasts.js';

/** @typedef {import('../slack/protocol/page-api.ts').Message} Message */
/** @typedef {import('../slack/protocol/page-api.ts').View} View */
/** @typedef {import('./blocks/block-types.js').Kit} Kit */
/** @typedef {import('./blocks/block-types.js').Place} Place */

let scheduled = false;
const store = createStore({
  onChange() {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      render();
    });
  },
});
const { data } = store;
/** @type {{ close: () => void } | undefined} */
let line;
/** Roots that came in while the page was open, whose thread opens by itself once. @type {Set<string>} */
const fresh = new Set();

const me = () => data.me?.id ?? '';
const names = {
  get me() {
    return me();
  },
  userName: (/** @type {string} */ id) => store.user(id)?.name ?? (id === 'U_DAB' ? 'DAB Bot' : undefined),
  channelName: (/** @type {string} */ id) => store.channelOf(id)?.name,
};

/** @param {string} key @param {{ channel: string; messageTs: string; ephemeralId?: string; viewId?: string }} where @returns {Place} */
function placeOf(key, where) {
  const busyKey = (/** @type {Kit} */ block, /** @type {Kit} */ element) =>
    `${key}|${block.block_id}|${element.action_id}|${element.value ?? ''}`;
  return {
    names,
    key,
    busy: (block, element) => data.busy.has(busyKey(block, element)),
    async act(block, element, value) {
      const mark = busyKey(block, element);
      if (data.busy.has(mark)) return;
      store.set({ busy: new Set(data.busy).add(mark) });
      const body = { as: me(), ...where, blockId: String(block.block_id ?? ''), actionId: String(element.action_id ?? '') };
      const refused = await post('/page/action', value === undefined ? body : { ...body, value });
      if (!refused) await answered(key);
      store.set({ busy: new Set([...data.busy].filter((one) => one !== mark)) });
      if (refused) toast(refused);
    },
  };
}
/** Milliseconds an app has to answer a click. */
const ACK = 3000;
/** Clicks that were sent and not yet seen to do something. @type {Set<{ key: string; done: () => void }>} */
const clicks = new Set();
/** Until something comes of a click, so that nobody clicks twice meanwhile. @param {string} key @returns {Promise<void>} */
function answered(key) {
  return new Promise((resolve) => {
    const click = { key, done: () => resolve(void clicks.delete(click)) };
    clicks.add(click);
    setTimeout(click.done, ACK);
  });
}

/** @param {Message} message */
const messagePlace = (message) =>
  placeOf(keyOf(message), {
    channel: message.channel,
    messageTs: message.ts,
    ...(message.ephemeralId ? { ephemeralId: message.ephemeralId } : {}),
  });
/** @param {View} view */
const viewPlace = (view) => ({ ...placeOf(view.id, { channel: '', messageTs: '', viewId: view.id }), errors: data.modalErrors });

/** @param {string} text @param {string | undefined} threadTs */
const say = (text, threadTs) => post('/page/message', { as: me(), channel: data.channel, text, ...(threadTs ? { threadTs } : {}) });

const scroll = createScroller([byId('messages'), byId('thread-messages')]);
const composer = createComposer(byId('composer'), { commands: true, send: (text) => say(text, undefined) });
const threadComposer = createComposer(byId('thread-composer'), { commands: false, send: (text) => say(text, data.thread) });
const panes = createPanes(store, { placeOf: messagePlace, openThread, fill: composer.fill });
const modal = createModal(/** @type {HTMLDialogElement} */ (byId('modal')), {
  submit: (view, values) => tell(post('/page/modal', { as: me(), viewId: view.id, values })),
  close: (view) => tell(post('/page/modal', { as: me(), viewId: view.id, close: true })),
});

/** @param {Promise<string | undefined>} answer */
async function tell(answer) {
  const refused = await answer;
  if (refused) toast(refused);
}

/** @param {string} id */
function openChannel(id) {
  store.set({ channel: id, thread: id === data.channel ? data.thread : undefined, tab: 'messages', drawer: false });
  composer.focus();
}
/** @param {string} ts */
function openThread(ts) {
  store.set({ thread: ts, tab: 'messages' });
  threadComposer.focus();
}
/** @param {'messages' | 'home'} tab */
function openTab(tab) {
  store.set({ tab, thread: undefined });
  void tell(post('/page/home', { as: me(), tab }));
}

/** @param {string} as */
async function become(as) {
  const state = await fetchState(as);
  line?.close();
  fresh.clear();
  store.load(state);
  const url = new URL(location.href);
  url.searchParams.set('as', state.me.id);
  history.replaceState(null, '', url);
  line = listen({
    as: state.me.id,
    reload: async () => store.load(await fetchState(state.me.id)),
    onEvent,
    onLine: (online) => store.set({ online }),
  });
  store.set({ drawer: false });
  composer.focus();
}

/** @param {string} name @param {any} event */
function onEvent(name, event) {
  // A change of some other message is not the answer to a click; anything else may be.
  const other = name === 'message' && store.message(event.message.channel, event.message.ts) ? keyOf(event.message) : undefined;
  for (const click of [...clicks]) if (other === undefined || click.key === other) click.done();
  if (name === 'message' || name === 'ephemeral') void received(event.message);
  else if (name === 'removed') store.remove(`${event.channel}:${event.ts}`);
  else if (name === 'ephemeral_removed') store.remove(`e:${event.id}`);
  else if (name === 'modal')
    store.set({ modal: event.view ?? data.modal, modalErrors: event.errors ?? {}, ...(event.errors ? {} : { modal: event.view }) });
  else if (name === 'home') store.set({ home: event.view });
  else if (name === 'toast') toast(event.text);
}

/** @param {Message} message */
async function received(message) {
  // Slackbot tells of joins and the like, which change the channels.
  if (!store.channelOf(message.channel) || message.user === 'USLACKBOT')
    await fetchState(me()).then(store.load, () => toast('The channels could not be read again. Reload the page.'));
  const isNew = store.put(message);
  const root = message.threadTs ? store.message(message.channel, message.threadTs) : message;
  if (isNew && !message.threadTs && message.isBot && !message.ephemeralId && mentions(message, me())) fresh.add(keyOf(message));
  if (isNew && message.channel === data.channel && message.user !== me()) announce(`${message.userName}: ${message.text}`.slice(0, 300));
  // A person's own command has its answer in a thread: it opens by itself, once, and leaves the focus where it is.
  const asked = root && fresh.has(keyOf(root)) && ((root.replyCount ?? 0) > 0 || message.threadTs || root.agentStatus === 'processing');
  if (root && asked && root.channel === data.channel) {
    fresh.delete(keyOf(root));
    store.set({ thread: root.ts, tab: 'messages' });
  }
}

function render() {
  const channel = store.channelOf(data.channel);
  if (!channel) return;
  const root = data.thread ? store.message(channel.id, data.thread) : undefined;
  draw(
    byId('sidebar'),
    ...sidebar(store, {
      openChannel,
      become: (user) => void become(user).catch(() => toast('The playground is not reachable. Is it still running in the terminal?')),
    }),
  );
  byId('sidebar').classList.toggle('open', data.drawer);
  byId('drawer').setAttribute('aria-expanded', String(data.drawer));
  byId('offline').hidden = data.online;

  draw(byId('channel-head'), channelHead(channel, data.tab, openTab));
  const home = channel.isDm && data.tab === 'home';
  byId('composer').hidden = home;
  byId('thread').hidden = !root;
  scroll.around([`${me()} ${channel.id} ${data.tab}`, `${me()} ${channel.id} ${root?.ts}`], () => {
    draw(byId('messages'), home ? homeTab(data.home, data.home && viewPlace(data.home)) : panes.channel(channel));
    draw(byId('thread-messages'), root ? panes.thread(root) : null);
  });
  if (root) {
    const stop = () => void tell(post('/page/stop', { as: me(), channel: root.channel, threadTs: root.ts }));
    draw(byId('thread-head'), threadHead(channel, root, { close: () => store.set({ thread: undefined }), stop }));
    threadComposer.moveTo(`${me()} ${channel.id} ${root.ts}`, 'Reply…');
  }
  composer.moveTo(`${me()} ${channel.id}`, `Message ${channel.isDm ? channel.name : `#${channel.name}`}`);
  modal.show(data.modal, data.modal ? viewPlace(data.modal) : messagePlaceOfNothing);
  const waiting = data.channels.filter((one) => one.id !== channel.id && store.unread(one).any).length;
  document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${channel.isDm ? '' : '#'}${channel.name} – ${data.team.name || 'DAB Bot playground'}`;
}
const messagePlaceOfNothing = placeOf('none', { channel: '', messageTs: '' });

byId('drawer').append(icon('menu'));
byId('drawer').onclick = () => store.set({ drawer: !data.drawer });
byId('thread').onkeydown = (event) => {
  if (event.key === 'Escape') store.set({ thread: undefined });
};

/** Milliseconds between tries while the server is not there yet. */
const START_AGAIN = 1500;
/** Who one is at first. */
const FIRST = 'U_ANA';
async function start() {
  try {
    await become(new URLSearchParams(location.search).get('as') ?? FIRST);
  } catch {
    byId('offline').hidden = false;
    setTimeout(() => void start(), START_AGAIN);
  }
}
void start();

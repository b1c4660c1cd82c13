// A box to write in: Enter sends, Shift+Enter breaks the line, "/" shows the commands, drafts stay with their place.

import { draw, h } from './dom/dom.js';
import { icon } from './dom/icons.js';

/** What the bot's command can do, as Slack's own list would show it. */
const COMMANDS = [
  { fill: '/dab job ', usage: '/dab job <id or URL>', words: 'Make a bundle of a job, with proof and plan' },
  { fill: '/dab jobs ', usage: '/dab jobs <part of a name>', words: 'Find a job' },
  { fill: '/dab help', usage: '/dab help', words: 'What DAB Bot can do' },
];

/**
 * @param {HTMLElement} host
 * @param {{ commands: boolean; send: (text: string) => Promise<string | undefined> }} options `send` answers words when it was refused
 */
export function createComposer(host, { commands, send }) {
  /** @type {Map<string, string>} */
  const drafts = new Map();
  let place = '';
  let sending = false;
  let picked = -1;
  const listId = `${host.id}-commands`;
  const box = /** @type {HTMLTextAreaElement} */ (
    h('textarea', {
      rows: '1',
      'aria-label': 'Message',
      'aria-autocomplete': commands ? 'list' : null,
      'aria-controls': commands ? listId : null,
    })
  );
  const hints = h('div', { class: 'commands', id: listId, role: 'listbox', 'aria-label': 'Commands', hidden: true });
  const problem = h('p', { class: 'composer-problem', role: 'alert' });
  const button = /** @type {HTMLButtonElement} */ (h('button', { type: 'button', class: 'send', 'aria-label': 'Send' }, icon('send')));
  const slash =
    commands &&
    h(
      'button',
      { type: 'button', class: 'tool', title: 'Commands', 'aria-label': 'Show commands', onclick: () => fill('/') },
      icon('slash'),
    );
  const keys = h('span', { class: 'keys' }, h('b', null, 'Enter'), ' sends · ', h('b', null, 'Shift+Enter'), ' new line');
  host.append(hints, problem, h('div', { class: 'composer-box' }, box, h('div', { class: 'composer-tools' }, slash, keys, button)));

  function matching() {
    const text = box.value.toLowerCase();
    if (!commands || !text.startsWith('/') || text.includes('\n')) return [];
    return COMMANDS.filter((one) => one.fill.startsWith(text) && one.fill.trim() !== text.trim());
  }
  function update() {
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 240)}px`;
    button.disabled = box.value.trim() === '' || sending;
    drafts.set(place, box.value);
    const found = matching();
    hints.hidden = found.length === 0;
    picked = Math.min(picked, found.length - 1);
    draw(
      hints,
      h('div', { class: 'commands-title' }, 'DAB Bot'),
      ...found.map((one, at) =>
        h(
          'button',
          {
            type: 'button',
            role: 'option',
            tabindex: '-1',
            'aria-selected': at === picked ? 'true' : 'false',
            onclick: () => fill(one.fill),
          },
          h('code', null, one.usage),
          h('span', { class: 'muted' }, one.words),
        ),
      ),
    );
  }
  /** @param {string} text */
  function fill(text) {
    box.value = text;
    picked = -1;
    problem.textContent = '';
    update();
    box.focus();
  }
  async function submit() {
    const text = box.value.trim();
    const from = place;
    if (text === '' || sending) return;
    sending = true;
    update();
    const refused = await send(text);
    sending = false;
    if (refused === undefined) drafts.delete(from);
    if (from === place) {
      problem.textContent = refused ?? '';
      if (refused === undefined && box.value.trim() === text) box.value = '';
    }
    update();
  }

  box.oninput = () => {
    picked = -1;
    problem.textContent = '';
    update();
  };
  box.onkeydown = (event) => {
    if (event.isComposing) return;
    const found = matching();
    if (found.length > 0 && ['ArrowDown', 'ArrowUp', 'Tab', 'Escape'].includes(event.key) && !event.shiftKey) {
      event.preventDefault();
      if (event.key === 'Tab') fill((found[Math.max(picked, 0)] ?? found[0])?.fill ?? '');
      else if (event.key === 'Escape') hints.hidden = true;
      else {
        picked = (picked + (event.key === 'ArrowDown' ? 1 : found.length) + found.length) % found.length;
        update();
      }
      return;
    }
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    const choice = found[picked];
    if (choice) fill(choice.fill);
    else void submit();
  };
  button.onclick = () => void submit();
  update();

  return {
    fill,
    focus: () => box.focus(),
    /** Shows the draft of another place. @param {string} where @param {string} placeholder */
    moveTo(where, placeholder) {
      box.placeholder = placeholder;
      box.setAttribute('aria-label', placeholder);
      if (where === place) return;
      place = where;
      box.value = drafts.get(where) ?? '';
      problem.textContent = '';
      update();
    },
  };
}

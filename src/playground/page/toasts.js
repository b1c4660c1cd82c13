// Short words over the page that go away by themselves.

import { byId, h } from './dom/dom.js';
import { icon } from './dom/icons.js';

/** Milliseconds a toast stays; a person can close it before. */
const STAY = 8000;

/** @param {string} text */
export function toast(text) {
  const box = h('div', { class: 'toast' }, icon('warning'), h('span', null, text));
  const close = h('button', { type: 'button', 'aria-label': 'Dismiss', onclick: () => box.remove() }, icon('close'));
  box.append(close);
  const toasts = byId('toasts');
  toasts.append(box);
  // Shown anew, it lies above a modal that was opened since.
  if (toasts.matches(':popover-open')) toasts.hidePopover();
  toasts.showPopover();
  setTimeout(() => box.remove(), STAY);
}

/** Says something to assistive technology only. @param {string} text */
export function announce(text) {
  byId('announcer').textContent = text;
}

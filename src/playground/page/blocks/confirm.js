// The confirm dialog Slack shows before a dangerous click.

import { draw, h } from '../dom/dom.js';
import { textObject } from '../text/mrkdwn.js';

/** @typedef {import('./block-types.js').Kit} Kit */

/**
 * Asks, when the element has a `confirm` object. True when there is nothing to ask or the person said yes.
 * @param {Kit | undefined} confirm
 * @param {import('../text/inline.js').Names} names
 * @returns {Promise<boolean>}
 */
export function confirmed(confirm, names) {
  if (!confirm) return Promise.resolve(true);
  const { promise, resolve } = Promise.withResolvers();
  const dialog = /** @type {HTMLDialogElement} */ (h('dialog', { class: 'dialog confirm', 'aria-labelledby': 'confirm-title' }));
  const style = confirm.style === 'danger' ? 'button-danger' : 'button-primary';
  draw(
    dialog,
    h(
      'form',
      { method: 'dialog' },
      h('h2', { id: 'confirm-title' }, ...textObject(confirm.title ?? { type: 'plain_text', text: 'Are you sure?' }, names)),
      h('div', { class: 'dialog-body text' }, ...textObject(confirm.text, names)),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { class: 'button', value: 'no' }, ...orWords(textObject(confirm.deny, names), 'Cancel')),
        h('button', { class: `button ${style}`, value: 'yes', autofocus: true }, ...orWords(textObject(confirm.confirm, names), 'Yes')),
      ),
    ),
  );
  dialog.onclose = () => {
    dialog.remove();
    resolve(dialog.returnValue === 'yes');
  };
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}

/** @param {import('../dom/dom.js').Child[]} words @param {string} fallback */
const orWords = (words, fallback) => (words.length > 0 ? words : [fallback]);

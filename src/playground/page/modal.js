// The open modal view: drawn into the shell's dialog, submitted or closed by the person, kept open by field errors.

import { renderBlocks } from './blocks/blocks.js';
import { valuesOf } from './blocks/inputs.js';
import { draw, h } from './dom/dom.js';
import { icon } from './dom/icons.js';
import { plain } from './text/inline.js';

/** @typedef {import('../slack/protocol/page-api.ts').View} View */
/** @typedef {import('./blocks/block-types.js').Place} Place */

/**
 * @param {HTMLDialogElement} dialog
 * @param {{ submit: (view: View, values: import('../slack/protocol/page-api.ts').ViewValues) => Promise<void>; close: (view: View) => Promise<void> }} deps
 */
export function createModal(dialog, { submit, close }) {
  let waiting = false;

  /** @param {View} view @param {Place} place */
  function body(view, place) {
    const onsubmit = async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (waiting) return;
      waiting = true;
      const button = /** @type {HTMLButtonElement | null} */ (dialog.querySelector('[data-submit]'));
      if (button) button.disabled = true;
      await submit(view, valuesOf(/** @type {HTMLFormElement} */ (dialog.querySelector('form')), view.blocks, place));
      waiting = false;
      if (button) button.disabled = false;
    };
    const dismiss = () => void close(view);
    const words = view.submit?.text ?? (view.blocks.some((block) => block.type === 'input') ? 'Submit' : undefined);
    return h(
      'form',
      { 'data-key': view.id, onsubmit },
      h(
        'header',
        null,
        h('h2', { id: 'modal-title' }, plain(view.title?.text ?? 'DAB Bot')),
        h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: dismiss }, icon('close')),
      ),
      h('div', { class: 'dialog-body' }, renderBlocks(view.blocks, place)),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { type: 'button', class: 'button', onclick: dismiss }, plain(view.close?.text ?? 'Close')),
        words && h('button', { type: 'submit', class: 'button button-primary', 'data-submit': true, disabled: waiting }, plain(words)),
      ),
    );
  }

  return {
    /** @param {View | null} view @param {Place} place */
    show(view, place) {
      if (!view) {
        if (dialog.open) dialog.close();
        draw(dialog);
        return;
      }
      // Escape closes it with the app's knowledge, not behind its back.
      dialog.oncancel = (event) => {
        event.preventDefault();
        void close(view);
      };
      draw(dialog, body(view, place));
      if (dialog.open) return;
      dialog.showModal();
      const first = dialog.querySelector('.input-block :is(input, textarea, select)');
      if (first instanceof HTMLElement) first.focus();
    },
  };
}

// The interactive elements of actions blocks and accessories: buttons, links, selects, checkboxes, overflow menus.

import { h, safeUrl } from '../dom/dom.js';
import { icon } from '../dom/icons.js';
import { plain } from '../text/inline.js';
import { confirmed } from './confirm.js';
import { choices, optionsOf } from './inputs.js';

/** @typedef {import('./block-types.js').Kit} Kit */
/** @typedef {import('./block-types.js').Place} Place */

/**
 * @param {Kit} block
 * @param {Kit} element
 * @param {Place} place
 * @returns {HTMLElement}
 */
export function element(block, element, place) {
  switch (element.type) {
    case 'button':
    case 'workflow_button':
    case 'icon_button':
      return button(block, element, place);
    case 'static_select':
      return select(block, element, place);
    case 'overflow':
      return overflow(block, element, place);
    case 'feedback_buttons': {
      const both = [element.positive_button, element.negative_button].filter(Boolean);
      return h('span', { class: 'button-row' }, ...both.map((one) => button(block, { ...element, ...one, type: 'button' }, place)));
    }
    case 'checkboxes':
    case 'radio_buttons':
      return choices(element, place, `${place.key}-${block.block_id}-${element.action_id}`, (value) => place.act(block, element, value));
    case 'image':
      return h('span', { class: 'image-alt', role: 'img', 'aria-label': element.alt_text }, icon('image'), String(element.alt_text ?? ''));
    default:
      return h('span', { class: 'unknown-block' }, `This playground does not draw elements of type “${element.type}” yet.`);
  }
}

/** @param {Kit} block @param {Kit} element @param {Place} place */
function button(block, element, place) {
  const words = plain(String(element.text?.text ?? element.alt_text ?? 'Button'));
  const style = ['primary', 'danger'].includes(element.style) ? ` button-${element.style}` : '';
  const href = safeUrl(element.url);
  const label = element.accessibility_label ?? null;
  // Slack tells the app of a click on a link button too; nobody waits for the answer.
  if (href) {
    const onclick = () => place.act(block, element, element.value);
    return h('a', { class: `button${style}`, href, target: '_blank', rel: 'noopener noreferrer', 'aria-label': label, onclick }, words);
  }
  const busy = place.busy(block, element);
  const onclick = async () => {
    if (await confirmed(element.confirm, place.names)) place.act(block, element, element.value);
  };
  const attributes = {
    type: 'button',
    class: `button${style}${busy ? ' busy' : ''}`,
    disabled: busy,
    'aria-label': label,
    'data-action': element.action_id,
  };
  return h('button', { ...attributes, onclick }, busy && h('span', { class: 'spinner', 'aria-hidden': 'true' }), words);
}

/** @param {Kit} block @param {Kit} element @param {Place} place */
function select(block, element, place) {
  const busy = place.busy(block, element);
  const onchange = async (/** @type {Event} */ event) => {
    const box = /** @type {HTMLSelectElement} */ (event.target);
    if (box.value && (await confirmed(element.confirm, place.names))) place.act(block, element, box.value);
  };
  const options = optionsOf(element).map((one) =>
    h('option', { value: one.value, selected: one.value === element.initial_option?.value }, plain(String(one.text?.text ?? one.value))),
  );
  const placeholder = h('option', { value: '' }, plain(String(element.placeholder?.text ?? 'Choose…')));
  return h(
    'select',
    { class: 'select', disabled: busy, 'aria-label': element.placeholder?.text ?? 'Choose', 'data-action': element.action_id, onchange },
    placeholder,
    ...options,
  );
}

/** @param {Kit} block @param {Kit} element @param {Place} place */
function overflow(block, element, place) {
  const items = optionsOf(element).map((one) =>
    button(block, { ...element, type: 'button', text: one.text, value: one.value, url: one.url, style: undefined }, place),
  );
  return h(
    'details',
    { class: 'overflow' },
    h('summary', { class: 'button', 'aria-label': 'More actions' }, '⋯'),
    h('div', { class: 'overflow-items' }, ...items),
  );
}

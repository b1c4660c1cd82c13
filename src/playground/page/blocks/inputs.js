// Input blocks of a modal, and the reading of what a person put in as Slack's `view.state.values`.

import { h } from '../dom/dom.js';
import { plain } from '../text/inline.js';
import { textObject } from '../text/mrkdwn.js';

/** @typedef {import('./block-types.js').Kit} Kit */
/** @typedef {import('./block-types.js').Place} Place */

/** @param {Kit} element @returns {Kit[]} */
export const optionsOf = (element) =>
  element.options ?? (element.option_groups ?? []).flatMap((/** @type {Kit} */ group) => group.options ?? []);

/** @param {Place} place @param {Kit} block */
const inputId = (place, block) => `${place.key}-${block.block_id}`.replace(/[^\w-]/g, '_');

/**
 * @param {Kit} block
 * @param {Place} place
 * @returns {HTMLElement}
 */
export function input(block, place) {
  const id = inputId(place, block);
  const error = place.errors?.[block.block_id];
  const label = plain(String(block.label?.text ?? ''));
  const group = ['checkboxes', 'radio_buttons'].includes(block.element?.type);
  const words = [label, block.optional ? h('span', { class: 'muted' }, ' (optional)') : null];
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(' ') || null;
  return h(
    group ? 'fieldset' : 'div',
    { class: `input-block${error ? ' has-error' : ''}`, 'data-key': `input-${id}` },
    group ? h('legend', null, ...words) : h('label', { for: id }, ...words),
    control(block, place, { id, described, wrong: Boolean(error) }),
    error && h('p', { class: 'input-error', id: `${id}-error`, role: 'alert' }, error),
    block.hint && h('p', { class: 'input-hint', id: `${id}-hint` }, plain(String(block.hint.text ?? ''))),
  );
}

/** @param {Kit} block @param {Place} place @param {{ id: string; described: string | null; wrong: boolean }} shown */
function control(block, place, { id, described, wrong }) {
  const element = block.element ?? { type: 'nothing' };
  const known = { id, 'aria-describedby': described, 'aria-invalid': wrong ? 'true' : null, required: !block.optional };
  const placeholder = element.placeholder?.text ?? null;
  switch (element.type) {
    case 'plain_text_input': {
      const lengths = { minlength: element.min_length, maxlength: element.max_length ?? 3000, autofocus: element.focus_on_load === true };
      if (!element.multiline)
        return h('input', { type: 'text', ...known, ...lengths, placeholder, value: element.initial_value, autocomplete: 'off' });
      return h('textarea', { rows: '6', ...known, ...lengths, placeholder }, element.initial_value ?? null);
    }
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input': {
      const type = element.type.split('_')[0] ?? 'text';
      const step =
        type === 'number' ? { step: element.is_decimal_allowed ? 'any' : '1', min: element.min_value, max: element.max_value } : {};
      return h('input', { type, ...known, ...step, placeholder, value: element.initial_value });
    }
    case 'static_select': {
      const options = optionsOf(element).map((one, at) =>
        h('option', { value: String(at), selected: one.value === element.initial_option?.value }, plain(String(one.text?.text ?? ''))),
      );
      return h('select', known, h('option', { value: '' }, placeholder ?? 'Choose…'), ...options);
    }
    case 'checkboxes':
    case 'radio_buttons':
      return choices(element, place, id);
    default:
      return h('p', { class: 'unknown-block' }, `This playground does not draw inputs of type “${element.type}” yet.`);
  }
}

/**
 * Checkboxes or radio buttons; `onPick` makes them act at once, as they do outside of input blocks.
 * @param {Kit} element
 * @param {Place} place
 * @param {string} id
 * @param {(value: string) => void} [onPick]
 * @returns {HTMLElement}
 */
export function choices(element, place, id, onPick) {
  const type = element.type === 'checkboxes' ? 'checkbox' : 'radio';
  const chosen = [...(element.initial_options ?? []), element.initial_option].filter(Boolean).map((/** @type {Kit} */ one) => one.value);
  const rows = optionsOf(element).map((one, at) => {
    const onchange = onPick && (() => onPick(one.value));
    const box = h('input', { type, name: id, value: String(at), checked: chosen.includes(one.value), onchange });
    const description = one.description && h('span', { class: 'choice-description' }, ...textObject(one.description, place.names));
    return h('label', { class: 'choice' }, box, h('span', null, ...textObject(one.text, place.names), description));
  });
  return h('div', { class: 'choices', id }, ...rows);
}

/**
 * Reads all inputs of a view.
 * @param {HTMLFormElement} form
 * @param {readonly Kit[]} blocks
 * @param {Place} place
 * @returns {import('../../slack/protocol/page-api.ts').ViewValues}
 */
export function valuesOf(form, blocks, place) {
  /** @type {import('../../slack/protocol/page-api.ts').ViewValues} */
  const values = {};
  for (const block of blocks) {
    if (block.type !== 'input' || !block.element) continue;
    values[block.block_id] = { [block.element.action_id]: held(form, block.element, inputId(place, block)) };
  }
  return values;
}

/** @param {HTMLFormElement} form @param {Kit} element @param {string} id */
function held(form, element, id) {
  const { type } = element;
  const options = optionsOf(element);
  const field = form.querySelector(`#${id}`);
  if (type === 'checkboxes' || type === 'radio_buttons') {
    const picked = [...(field?.querySelectorAll('input:checked') ?? [])].map(
      (box) => options[Number(/** @type {HTMLInputElement} */ (box).value)],
    );
    return type === 'checkboxes' ? { type, selected_options: picked } : { type, selected_option: picked[0] ?? null };
  }
  const text = /** @type {HTMLInputElement | null} */ (field)?.value ?? '';
  if (type === 'static_select') return { type, selected_option: text === '' ? null : (options[Number(text)] ?? null) };
  return { type, value: text === '' ? null : text };
}

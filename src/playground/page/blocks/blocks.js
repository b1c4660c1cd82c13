// Block Kit blocks of messages and views as nodes; what the page does not know is named, never dropped in silence.

import { h, link } from '../dom/dom.js';
import { icon } from '../dom/icons.js';
import { markdown } from '../text/markdown.js';
import { textObject } from '../text/mrkdwn.js';
import { element as drawElement } from './elements.js';
import { input } from './inputs.js';
import { plan, taskCard } from './plan.js';
import { richText, table } from './rich-text.js';

/** @typedef {import('../text/inline.js').Names} Names */
/** @typedef {import('../dom/dom.js').Child} Child */
/** @typedef {import('./block-types.js').Kit} Kit */
/** @typedef {import('./block-types.js').Place} Place */

/**
 * @param {readonly Kit[]} blocks
 * @param {Place} place
 * @returns {HTMLElement}
 */
export function renderBlocks(blocks, place) {
  return h('div', { class: 'blocks' }, ...blocks.map((block) => renderBlock(block, place)));
}

/** @param {Kit} block @param {Place} place @returns {Child} */
function renderBlock(block, place) {
  const { names } = place;
  switch (block.type) {
    case 'section':
      return section(block, place);
    case 'header':
      return h('h3', { class: 'block-header' }, ...textObject(block.text, names));
    case 'divider':
      return h('hr', { class: 'block-divider' });
    case 'context':
      return h('div', { class: 'block-context' }, ...(block.elements ?? []).map((/** @type {Kit} */ part) => contextPart(part, names)));
    case 'actions':
    case 'context_actions':
      return h(
        'div',
        { class: 'block-actions' },
        ...(block.elements ?? []).map((/** @type {Kit} */ part) => drawElement(block, part, place)),
      );
    case 'markdown':
      return h('div', { class: 'markdown' }, ...markdown(String(block.text ?? ''), names));
    case 'plan':
      return plan(block, place);
    case 'task_card':
      return h('div', { class: 'plan' }, taskCard(block, names));
    case 'rich_text':
      return h('div', { class: 'rich-text' }, ...richText(block, names));
    case 'table':
      return table(block, names);
    case 'image':
      return image(block, names);
    case 'input':
      return input(block, place);
    case 'alert':
      return h(
        'div',
        { class: `alert alert-${/^\w+$/.test(block.level) ? block.level : 'info'}` },
        icon('warning'),
        h('div', null, ...textObject(block.text, names)),
      );
    case 'file':
      return h('p', { class: 'muted' }, 'A file from elsewhere');
    default:
      return h('p', { class: 'unknown-block' }, `This playground does not draw blocks of type “${block.type}” yet.`);
  }
}

/** @param {Kit} block @param {Place} place */
function section(block, place) {
  const fields = block.fields?.map((/** @type {Kit} */ field) => h('div', { class: 'field text' }, ...textObject(field, place.names)));
  const body = h(
    'div',
    { class: 'section-body' },
    block.text && h('div', { class: 'text' }, ...textObject(block.text, place.names)),
    fields && h('div', { class: 'fields' }, ...fields),
  );
  const accessory = block.accessory && h('div', { class: 'accessory' }, drawElement(block, block.accessory, place));
  return h('div', { class: 'block-section' }, body, accessory);
}

/** @param {Kit} part @param {Names} names */
function contextPart(part, names) {
  if (part.type === 'image')
    return h('span', { class: 'context-image', role: 'img', 'aria-label': part.alt_text, title: part.alt_text }, icon('image'));
  return h('span', { class: 'text' }, ...textObject(part, names));
}

/** The page fetches nothing from elsewhere, so an image is its words and a link. @param {Kit} block @param {Names} names */
function image(block, names) {
  return h(
    'figure',
    { class: 'image' },
    block.title && h('figcaption', null, ...textObject(block.title, names)),
    h('div', { class: 'image-alt' }, icon('image'), link(block.image_url, String(block.alt_text || 'image'))),
  );
}

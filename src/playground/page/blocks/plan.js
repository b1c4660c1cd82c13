// Plans and task cards: the list of steps that move while the bot works, in blocks and in streams alike.

import { h, link } from '../dom/dom.js';
import { icon } from '../dom/icons.js';
import { plain } from '../text/inline.js';
import { markdown } from '../text/markdown.js';
import { richText } from './rich-text.js';

/** @typedef {import('../text/inline.js').Names} Names */
/** @typedef {import('./block-types.js').Kit} Kit */

/** A step of a block or of a stream. @typedef {{ readonly [key: string]: any }} Step */

const WORDS = /** @type {Record<string, string>} */ ({ pending: 'Pending', in_progress: 'In progress', complete: 'Done', error: 'Failed' });

/** @param {unknown} status */
const known = (status) => (typeof status === 'string' && status in WORDS ? status : 'pending');

/** @param {string} status */
function statusIcon(status) {
  const inner = status === 'complete' ? icon('check') : status === 'error' ? icon('cross') : null;
  return h('span', { class: `status status-${status}`, role: 'img', 'aria-label': WORDS[status] ?? status }, inner);
}

/**
 * A plan block: title, how far it is, its tasks; a person can fold it.
 * @param {Kit} block
 * @param {{ names: Names; key: string }} place
 */
export function plan(block, place) {
  return steps(titleOf(block.title), block.tasks ?? [], place, false);
}

/**
 * @param {string} title
 * @param {readonly Step[]} tasks
 * @param {{ names: Names; key: string }} place
 * @param {boolean} live whether the bot still writes
 */
export function steps(title, tasks, place, live) {
  const states = tasks.map((task) => known(task.status));
  const done = states.filter((state) => state === 'complete').length;
  const failed = states.includes('error');
  const working = states.includes('in_progress') || (live && !failed && done < states.length);
  const overall = failed
    ? 'error'
    : working
      ? 'in_progress'
      : tasks.length > 0 && done === tasks.length
        ? 'complete'
        : live
          ? 'in_progress'
          : 'pending';
  return h(
    'details',
    { class: 'plan', open: true, 'data-key': `plan-${place.key}` },
    h(
      'summary',
      null,
      statusIcon(overall),
      h('span', { class: 'plan-title' }, plain(title || 'Working on it')),
      tasks.length > 0 && h('span', { class: 'plan-count' }, `${done} of ${tasks.length}`),
      icon('chevron'),
    ),
    tasks.length > 0 && h('ol', { class: 'plan-tasks' }, ...tasks.map((task) => h('li', null, taskCard(task, place.names)))),
  );
}

/**
 * One step. `details` and `output` are Markdown in a stream, rich_text in a block.
 * @param {Step} task
 * @param {Names} names
 */
export function taskCard(task, names) {
  const status = known(task.status);
  const sources = (task.sources ?? []).map((/** @type {Kit} */ source) => link(source.url, String(source.text || source.url)));
  return h(
    'div',
    { class: `task task-${status}`, 'data-task': task.task_id ?? task.id ?? null },
    statusIcon(status),
    h(
      'div',
      { class: 'task-body' },
      h('div', { class: 'task-title' }, plain(titleOf(task.title))),
      ...part('task-details', task.details, names),
      ...part('task-output', task.output, names),
      sources.length > 0 && h('div', { class: 'task-sources' }, ...sources),
    ),
  );
}

/** @param {unknown} title a string, or a text object in older blocks */
function titleOf(title) {
  return typeof title === 'string' ? title : String(/** @type {Kit | undefined} */ (title)?.text ?? '');
}

/** @param {string} name @param {unknown} content @param {Names} names */
function part(name, content, names) {
  if (!content) return [];
  if (typeof content === 'string') return [h('div', { class: `${name} markdown` }, ...markdown(content, names))];
  return [h('div', { class: `${name} rich-text` }, ...richText(/** @type {Kit} */ (content), names))];
}

// Which blocks Slack takes where, and what it refuses about them (facts: slack#blocks-and-their-limits).
import { randomBytes } from 'node:crypto';
import { ALL_BLOCKS_TEXT, MARKDOWN_TEXT, MESSAGE_BLOCKS, TASKS, VIEW_BLOCKS } from '../protocol/limits.ts';
import type { Block } from '../protocol/page-api.ts';
import { type Dict, isDict, refusalWith, SlackRefusal } from '../protocol/refusal.ts';
import { ACTION_ELEMENTS, checkElement, checkString, checkText, INPUT_ELEMENTS, type Report } from './block-elements.ts';

type Surface = 'message' | 'modal' | 'home';

const MESSAGE_ONLY = [
  'markdown',
  'table',
  'task_card',
  'plan',
  'context_actions',
  'card',
  'carousel',
  'container',
  'data_table',
  'file',
  'data_visualization',
];
const ANYWHERE = ['section', 'divider', 'header', 'image', 'context', 'actions', 'input', 'rich_text', 'video'];
const TYPES: Readonly<Record<Surface, readonly string[]>> = {
  message: [...ANYWHERE, ...MESSAGE_ONLY],
  modal: [...ANYWHERE, 'alert'],
  home: ANYWHERE,
};
const STATUSES = ['pending', 'in_progress', 'complete', 'error'];

function each(
  value: unknown,
  at: string,
  { report, max }: { report: Report; max: number },
  check: (item: unknown, at: string) => void,
): void {
  if (!Array.isArray(value) || value.length === 0) {
    report(at, 'must have at least 1 item');
    return;
  }
  if (value.length > max) report(at, `no more than ${max} items allowed`);
  value.forEach((item, index) => {
    check(item, `${at}/${index}`);
  });
}

function checkTask(task: unknown, at: string, report: Report): void {
  if (!isDict(task)) {
    report(at, 'must be an object');
    return;
  }
  checkString(task.task_id, `${at}/task_id`, report, 255);
  checkString(task.title, `${at}/title`, report, 3000);
  if (typeof task.status !== 'string' || !STATUSES.includes(task.status)) report(`${at}/status`, `must be one of ${STATUSES.join(', ')}`);
  for (const part of ['details', 'output']) {
    const value = task[part];
    if (value !== undefined && (!isDict(value) || value.type !== 'rich_text')) report(`${at}/${part}`, 'must be a rich_text block');
  }
}

const CHECKS: Readonly<Record<string, (block: Dict, at: string, report: Report) => void>> = {
  section(block, at, report) {
    if (block.text === undefined && block.fields === undefined) report(at, 'text or fields is required');
    if (block.text !== undefined) checkText(block.text, `${at}/text`, report, { max: 3000 });
    if (block.fields !== undefined)
      each(block.fields, `${at}/fields`, { report, max: 10 }, (field, place) => checkText(field, place, report, { max: 2000 }));
    if (block.accessory !== undefined) checkElement(block.accessory, `${at}/accessory`, report, [...ACTION_ELEMENTS, 'image']);
  },
  header: (block, at, report) => checkText(block.text, `${at}/text`, report, { max: 150, only: 'plain_text' }),
  image: (block, at, report) => checkElement({ ...block, confirm: undefined }, at, report, ['image']),
  context: (block, at, report) =>
    each(block.elements, `${at}/elements`, { report, max: 10 }, (element, place) =>
      isDict(element) && element.type === 'image'
        ? checkElement(element, place, report, ['image'])
        : checkText(element, place, report, { max: 3000 }),
    ),
  actions: (block, at, report) =>
    each(block.elements, `${at}/elements`, { report, max: 25 }, (element, place) => checkElement(element, place, report, ACTION_ELEMENTS)),
  context_actions: (block, at, report) =>
    each(block.elements, `${at}/elements`, { report, max: 5 }, (element, place) =>
      checkElement(element, place, report, ['feedback_buttons', 'icon_button']),
    ),
  input(block, at, report) {
    checkText(block.label, `${at}/label`, report, { max: 2000, only: 'plain_text' });
    checkElement(block.element, `${at}/element`, report, INPUT_ELEMENTS);
  },
  markdown: (block, at, report) => checkString(block.text, `${at}/text`, report, MARKDOWN_TEXT),
  rich_text: (block, at, report) =>
    each(block.elements, `${at}/elements`, { report, max: 1000 }, (element, place) => {
      const known = ['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted'];
      if (!isDict(element) || typeof element.type !== 'string' || !known.includes(element.type))
        report(place, 'unsupported rich_text element');
    }),
  table(block, at, report) {
    each(block.rows, `${at}/rows`, { report, max: 100 }, (row, place) =>
      each(row, place, { report, max: 20 }, (cell, cellAt) => {
        const kind = isDict(cell) ? cell.type : undefined;
        if (kind !== 'raw_text' && kind !== 'rich_text' && kind !== 'raw_number')
          report(cellAt, 'must be raw_text, raw_number or rich_text');
      }),
    );
    if (textOf(block) > 10_000) report(at, 'a table must hold less than 10001 characters');
  },
  task_card: checkTask,
  plan(block, at, report) {
    checkString(block.title, `${at}/title`, report, 3000);
    if (block.tasks !== undefined)
      each(block.tasks, `${at}/tasks`, { report, max: TASKS }, (task, place) => checkTask(task, place, report));
  },
};

/** Characters of all texts and titles anywhere in a value. */
function textOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textOf(item), 0);
  if (!isDict(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + (typeof part === 'string' ? (key === 'text' || key === 'title' ? part.length : 0) : textOf(part)),
    0,
  );
}

/** Gives blocks and their elements the ids that Slack makes up where the app gave none. */
function withIds(block: Dict & { type: string }): Block {
  const fill = (value: unknown): unknown =>
    isDict(value) && ACTION_ELEMENTS.concat(INPUT_ELEMENTS).includes(String(value.type)) && value.action_id === undefined
      ? { ...value, action_id: randomBytes(3).toString('hex') }
      : value;
  const filled: Dict & { type: string } = { ...block, block_id: block.block_id ?? randomBytes(3).toString('hex') };
  if (Array.isArray(block.elements) && block.type === 'actions') filled.elements = block.elements.map(fill);
  for (const part of ['accessory', 'element']) if (block[part] !== undefined) filled[part] = fill(block[part]);
  return { ...filled, block_id: String(filled.block_id) };
}

/**
 * Blocks as Slack would keep them.
 * @throws invalid_blocks (with every place in response_metadata.messages), msg_blocks_too_long
 */
export function checkBlocks(value: unknown, surface: Surface): Block[] {
  if (!Array.isArray(value)) throw new SlackRefusal('invalid_blocks_format');
  const problems: string[] = [];
  const report: Report = (at, problem) => void problems.push(`${problem} [json-pointer:${at}]`);
  const max = surface === 'message' ? MESSAGE_BLOCKS : VIEW_BLOCKS;
  if (value.length > max) report('/blocks', `no more than ${max} items allowed`);
  const ids = new Set<string>();
  const blocks: Block[] = [];
  let markdown = 0;
  value.forEach((block: unknown, index) => {
    const at = `/blocks/${index}`;
    if (!isDict(block) || typeof block.type !== 'string') {
      report(at, 'must be an object with a type');
      return;
    }
    if (!TYPES[surface].includes(block.type)) {
      report(`${at}/type`, `unsupported type: ${block.type}`);
      return;
    }
    if (block.block_id !== undefined) {
      checkString(block.block_id, `${at}/block_id`, report, 255);
      if (ids.has(String(block.block_id))) report(`${at}/block_id`, `block_id already exists: ${String(block.block_id)}`);
      ids.add(String(block.block_id));
    }
    if (block.type === 'markdown' && typeof block.text === 'string') markdown += block.text.length;
    CHECKS[block.type]?.(block, at, report);
    blocks.push(withIds({ ...block, type: block.type }));
  });
  if (markdown > MARKDOWN_TEXT) report('/blocks', `markdown text must be less than ${MARKDOWN_TEXT + 1} characters`);
  if (problems.length > 0) {
    const refusal = refusalWith('invalid_blocks', problems);
    throw new SlackRefusal('invalid_blocks', { ...refusal.extra, errors: problems });
  }
  if (surface === 'message' && textOf(blocks) > ALL_BLOCKS_TEXT) throw new SlackRefusal('msg_blocks_too_long');
  return blocks;
}

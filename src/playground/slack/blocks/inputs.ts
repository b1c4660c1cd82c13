// What the inputs of a view hold: initial values, what a person filled in, and what is missing.
import { WORDS } from '../protocol/limits.ts';
import type { Block, ViewValues } from '../protocol/page-api.ts';
import { type Dict, isDict } from '../protocol/refusal.ts';

/** What a test fills in: by block_id or action_id, a text, an option's value, or several values. */
export type Filled = Readonly<Record<string, string | readonly string[]>>;

interface Input {
  readonly blockId: string;
  readonly actionId: string;
  readonly element: Dict;
  readonly optional: boolean;
}

function inputsOf(blocks: readonly Block[]): Input[] {
  return blocks.flatMap((block) => {
    const element = block.element;
    if (block.type !== 'input' || !isDict(element) || block.block_id === undefined) return [];
    return [{ blockId: block.block_id, actionId: String(element.action_id), element, optional: block.optional === true }];
  });
}

function optionsOf(element: Dict): Dict[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isDict) : [element];
  return groups.flatMap((group) => (Array.isArray(group.options) ? group.options.filter(isDict) : []));
}

const SELECTED: Readonly<Record<string, string>> = {
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
};

/** An element's part of `state.values` for what was chosen; nothing chosen is its initial value. */
export function stateOf(element: Dict, chosen: string | readonly string[] | undefined): Dict {
  const type = String(element.type);
  const several = typeof chosen === 'string' ? [chosen] : chosen;
  const options = (values: readonly string[]): Dict[] => optionsOf(element).filter((option) => values.includes(String(option.value)));
  if (type === 'static_select' || type === 'radio_buttons' || type === 'external_select' || type === 'overflow')
    return { type, selected_option: several === undefined ? (element.initial_option ?? null) : (options(several)[0] ?? null) };
  if (type === 'checkboxes' || type === 'multi_static_select')
    return { type, selected_options: several === undefined ? (element.initial_options ?? []) : options(several) };
  const selected = SELECTED[type];
  if (selected !== undefined) return { type, [selected]: several?.[0] ?? element[`initial_${selected.slice('selected_'.length)}`] ?? null };
  const text = several?.[0] ?? element.initial_value;
  return { type, value: text === undefined || text === '' ? null : text };
}

/** The values of a whole view as Slack submits them. */
export function fill(blocks: readonly Block[], given: Filled | ViewValues): ViewValues {
  const values: ViewValues = {};
  for (const { blockId, actionId, element } of inputsOf(blocks)) {
    const entry = given[blockId] ?? given[actionId];
    const raw = isDict(entry) ? entry[actionId] : undefined;
    const chosen = typeof entry === 'string' || Array.isArray(entry) ? entry : undefined;
    values[blockId] = { [actionId]: isDict(raw) ? raw : stateOf(element, chosen) };
  }
  return values;
}

/** Inputs that must be filled and are not: block_id → Slack's words. */
export function unfilled(blocks: readonly Block[], values: ViewValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { blockId, actionId, optional } of inputsOf(blocks)) {
    const { type: _type, ...held } = values[blockId]?.[actionId] ?? {};
    const empty = Object.values(held).every((value) => value === null || value === '' || (Array.isArray(value) && value.length === 0));
    if (empty && !optional) errors[blockId] = WORDS.required;
  }
  return errors;
}

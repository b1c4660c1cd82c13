// What Slack demands of elements and texts inside blocks: lengths, types, required parts (facts: slack#blocks-and-their-limits).
import { type Dict, isDict } from '../protocol/refusal.ts';

/** Collects what is wrong; `at` is a JSON pointer. */
export type Report = (at: string, problem: string) => void;

/** How long a text may be, in characters; `only` fixes its type. */
interface TextRule {
  readonly max: number;
  readonly only?: 'plain_text';
}

/** Checks a text object. */
export function checkText(value: unknown, at: string, report: Report, { max, only }: TextRule): void {
  if (!isDict(value)) {
    report(at, 'missing required field: text');
    return;
  }
  const type = value.type;
  if (only === undefined ? type !== 'plain_text' && type !== 'mrkdwn' : type !== only)
    report(`${at}/type`, `must be ${only ?? 'plain_text or mrkdwn'}`);
  checkString(value.text, `${at}/text`, report, max);
}

/** Checks a required string of 1 to `max` characters. */
export function checkString(value: unknown, at: string, report: Report, max: number): void {
  if (typeof value !== 'string') {
    report(at, 'missing or not a string');
    return;
  }
  if (value.length === 0) report(at, 'must be more than 0 characters');
  if (value.length > max) report(at, `must be less than ${max + 1} characters`);
}

function checkOptional(value: unknown, at: string, report: Report, max: number): void {
  if (value !== undefined) checkString(value, at, report, max);
}

function checkConfirm(value: unknown, at: string, report: Report): void {
  if (!isDict(value)) {
    report(at, 'must be an object');
    return;
  }
  checkText(value.title, `${at}/title`, report, { max: 100, only: 'plain_text' });
  checkText(value.text, `${at}/text`, report, { max: 300 });
  if (value.confirm !== undefined) checkText(value.confirm, `${at}/confirm`, report, { max: 30, only: 'plain_text' });
  if (value.deny !== undefined) checkText(value.deny, `${at}/deny`, report, { max: 30, only: 'plain_text' });
}

function checkOptions(value: unknown, at: string, report: Report, max: number): void {
  if (!Array.isArray(value) || value.length === 0) {
    report(at, 'must have at least 1 option');
    return;
  }
  if (value.length > max) report(at, `must have at most ${max} options`);
  value.forEach((option: unknown, index) => {
    if (!isDict(option)) {
      report(`${at}/${index}`, 'must be an object');
      return;
    }
    checkText(option.text, `${at}/${index}/text`, report, { max: 75 });
    checkString(option.value, `${at}/${index}/value`, report, 150);
  });
}

function checkButton(element: Dict, at: string, report: Report): void {
  checkText(element.text, `${at}/text`, report, { max: 75, only: 'plain_text' });
  checkOptional(element.value, `${at}/value`, report, 2000);
  checkOptional(element.url, `${at}/url`, report, 3000);
  if (element.style !== undefined && element.style !== 'primary' && element.style !== 'danger')
    report(`${at}/style`, 'must be primary or danger');
}

function checkImage(element: Dict, at: string, report: Report): void {
  checkString(element.alt_text, `${at}/alt_text`, report, 2000);
  if (element.image_url === undefined && !isDict(element.slack_file)) report(`${at}/image_url`, 'missing required field: image_url');
}

const CHECKS: Readonly<Record<string, (element: Dict, at: string, report: Report) => void>> = {
  button: checkButton,
  workflow_button: checkButton,
  image: checkImage,
  overflow: (element, at, report) => checkOptions(element.options, `${at}/options`, report, 5),
  checkboxes: (element, at, report) => checkOptions(element.options, `${at}/options`, report, 10),
  radio_buttons: (element, at, report) => checkOptions(element.options, `${at}/options`, report, 10),
  static_select: (element, at, report) =>
    element.option_groups === undefined && checkOptions(element.options, `${at}/options`, report, 100),
  multi_static_select: (element, at, report) =>
    element.option_groups === undefined && checkOptions(element.options, `${at}/options`, report, 100),
};

const PLAIN = [
  ...['users', 'conversations', 'channels', 'external'].flatMap((kind) => [`${kind}_select`, `multi_${kind}_select`]),
  ...['datepicker', 'timepicker', 'datetimepicker', 'plain_text_input', 'number_input', 'email_text_input', 'url_text_input'],
  ...['rich_text_input', 'file_input', 'feedback_buttons', 'icon_button'],
];
const INPUT_ONLY = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input', 'rich_text_input', 'file_input'];

/** Element types that an input block takes. */
export const INPUT_ELEMENTS = [
  ...PLAIN.filter((type) => !['feedback_buttons', 'icon_button'].includes(type)),
  ...['checkboxes', 'radio_buttons', 'static_select', 'multi_static_select'],
];
/** Element types that actions blocks and accessories take. */
export const ACTION_ELEMENTS = [
  ...Object.keys(CHECKS).filter((type) => type !== 'image'),
  ...PLAIN.filter((type) => !INPUT_ONLY.includes(type)),
];

/** Checks one interactive element or image against the types its place takes. */
export function checkElement(value: unknown, at: string, report: Report, types: readonly string[]): void {
  if (!isDict(value) || typeof value.type !== 'string') {
    report(at, 'must be an object with a type');
    return;
  }
  if (!types.includes(value.type)) {
    report(`${at}/type`, `unsupported type: ${value.type}`);
    return;
  }
  checkOptional(value.action_id, `${at}/action_id`, report, 255);
  if (value.confirm !== undefined) checkConfirm(value.confirm, `${at}/confirm`, report);
  CHECKS[value.type]?.(value, at, report);
}

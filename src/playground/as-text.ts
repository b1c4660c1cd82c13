// A Slack message as lines of text, for reading a played thread in a terminal.
import type { Block, Message } from './slack/protocol/page-api.ts';

const MARKS: Record<string, string> = { pending: '○', in_progress: '◐', complete: '●', error: '✗' };

/** What a person would read, without markup. */
export function renderMessage(message: Message): string {
  const who = `${message.userName}${message.ephemeralId === undefined ? '' : ' (only visible to you)'}`;
  const chunks = message.stream?.chunks;
  const lines = [
    ...(message.blocks !== undefined ? message.blocks.flatMap(renderBlock) : message.text === '' ? [] : [message.text]),
    ...(chunks === undefined
      ? []
      : [chunks.planTitle ?? '', ...chunks.tasks.map((task) => `${MARKS[task.status]} ${task.title}`), chunks.text]),
    ...(message.files ?? []).map((file) => `[file ${file.name}, ${file.size} bytes]`),
  ];
  const body = lines.join('\n').replace(/<(https?:[^|>]+)\|([^>]+)>/g, '$2 ($1)');
  return `${who}: ${body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n    ')}`;
}

function renderBlock(block: Block): string[] {
  const text = textOf(block.text);
  switch (block.type) {
    case 'plan':
      return [String(block.title), ...list(block.tasks).map((task) => `${MARKS[String(task.status)]} ${task.title}`)];
    case 'actions':
      return [
        list(block.elements)
          .map((element) => `[${textOf(element.text)}]`)
          .join(' '),
      ];
    case 'context':
      return list(block.elements).map(textOf);
    case 'section': {
      const accessory = block.accessory as { text?: unknown } | undefined;
      return [accessory === undefined ? text : `${text}  [${textOf(accessory.text)}]`];
    }
    default:
      return text === '' ? [] : [text];
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { text } = (value ?? {}) as { text?: unknown };
  return typeof text === 'string' ? text : '';
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}

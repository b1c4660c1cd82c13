// All that a deployment would change, as a modal: what deserves a look, every setting before and after, every file; in pages.
import type { KnownBlock, ModalView } from '@slack/types';
import { headlineOf } from '../../../deployment/policy/headline.ts';
import { code, counted, kindOf } from '../../../deployment/policy/phrases.ts';
import type { FileChange, Release, ResourceChange, SettingChange } from '../../../deployment/policy/release-diff.ts';
import { during } from '../../../values/stalls.ts';
import { button, MARKS, section } from '../blocks.ts';
import { LIMITS } from '../limits.ts';
import { clip, escapeText, oneLine } from '../slack-text.ts';

/** Texts of a page; a view holds 100 blocks (facts: slack#blocks-and-their-limits), and 30 screens are enough for anybody. */
const PAGE_SECTIONS = 20;
/** Of one line, in characters: a value is read in full in the file. */
const LONGEST_LINE = 700;

/** Of which plan: the modal itself says it, which no click can change; what is pressed to see another page carries which one. */
interface ChangesPage {
  readonly proposalId: string;
  readonly page: number;
}

export function renderChangesModal(release: Release, { proposalId, page }: ChangesPage): ModalView {
  const sections = during('drawing changes', () => packed(linesOf(release)));
  const pages = Math.max(1, Math.ceil(sections.length / PAGE_SECTIONS));
  const shown = Math.min(Math.max(page, 0), pages - 1);
  const turn = (text: string, to: number) => button(text, `changes_page_${to < shown ? 'back' : 'on'}`, String(to));
  const turns = [...(shown > 0 ? [turn('Earlier', shown - 1)] : []), ...(shown < pages - 1 ? [turn('More', shown + 1)] : [])];
  const blocks: KnownBlock[] = sections.slice(shown * PAGE_SECTIONS, (shown + 1) * PAGE_SECTIONS).map(section);
  if (turns.length > 0)
    blocks.push(section(`_Page ${shown + 1} of ${pages}_`), { type: 'actions', block_id: `turn-${shown}`, elements: turns });
  return { ...changesModal(blocks), private_metadata: proposalId };
}

/** Its headline alone, and in words why the rest is not shown (yet). */
export function renderHeadline(release: Release, words: string): ModalView {
  return changesModal([section(headlineLine(release)), section(escapeText(words))]);
}

function changesModal(blocks: KnownBlock[]): ModalView {
  return {
    type: 'modal',
    callback_id: 'changes',
    title: { type: 'plain_text', text: 'Changes' },
    close: { type: 'plain_text', text: 'Close' },
    blocks,
  };
}

function headlineLine(release: Release): string {
  return `*${oneLine(escapeText(headlineOf(release)))}*`;
}

function linesOf(release: Release): string[] {
  const { findings, resources, files } = release;
  const changing = ORDER.flatMap((action) => resources.filter((one) => one.action === action));
  return [
    headlineLine(release),
    countsOf(release),
    ...findings.map(({ weight, text }) => `${MARKS[weight]} ${escapeText(text)}`),
    ...changing.flatMap((one) => ['', ...resourceLines(one)]),
    ...(files.length === 0 ? [] : ['', `*${counted(files.length, 'file')}*`, ...files.map(fileLine)]),
  ];
}

/** What takes something away first. */
const ORDER = ['delete', 'recreate', 'adopt', 'update', 'create', 'forget'] as const;
const VERBS: Record<ResourceChange['action'], string> = {
  delete: 'Delete',
  recreate: 'Delete and make anew',
  adopt: 'Take over',
  update: 'Update',
  create: 'Create',
  forget: 'Forget, it is gone:',
  unchanged: 'Leave',
};

function countsOf({ resources }: Release): string {
  const count = (action: ResourceChange['action'], what: string) => {
    const found = resources.filter((one) => one.action === action).length;
    return found === 0 ? [] : [`${found} ${what}`];
  };
  const counts = ORDER.flatMap((action) => count(action, action === 'adopt' ? 'to take over' : `to ${action}`));
  return [...counts, ...count('unchanged', 'unchanged')].join(', ') || 'No resources';
}

function resourceLines({ type, key, name, id, action, settings }: ResourceChange): string[] {
  const called = name === undefined || name === key ? '' : `, ${code(name)}`;
  const which = id === undefined ? '' : ` (${code(id)})`;
  return [`*${VERBS[action]} ${kindOf(type)}* ${escapeText(`${code(key)}${called}${which}`)}`, ...settings.map(settingLine)];
}

function settingLine({ path, was, is, byHand }: SettingChange): string {
  const [before, after] = [was, is].map((value) => (value === undefined ? 'not set' : code(value)));
  const change = was === undefined ? `${after}` : `${before} → ${after}`;
  return `• ${escapeText(`${code(path)}: ${change}`)}${byHand ? ' _(edited in the workspace)_' : ''}`;
}

function fileLine({ path, change, lines, byHand }: FileChange): string {
  const size = lines === undefined ? '' : `, +${lines.added} −${lines.removed} lines`;
  return `• ${escapeText(code(path))} ${change}${size}${byHand ? ' _(edited in the workspace)_' : ''}`;
}

/** As few texts as hold all the lines. */
function packed(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of lines.map((one) => clip(one, LONGEST_LINE))) {
    const last = texts.at(-1);
    if (last === undefined || last.length + 1 + line.length > LIMITS.sectionText) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts.map((text) => (text.trim() === '' ? '—' : text));
}

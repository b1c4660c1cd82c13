// What came of a command in words of our own, which stand where Claude says nothing about it: what a new bundle holds and what to look at in it, or
// why there is none.
import type { Bundle, Diagnostic, JobDefinition } from '../../bundle/model/bundle.ts';
import type { ConversationRow } from '../../storage/conversations.ts';
import { objectsIn } from '../../values/json.ts';
import { counted } from '../../values/text.ts';

/** Of one kind of thing that are named; our choice. */
const NAMED = 8;
const LOOKS = 10;
const CHARACTERS = 400;

/** Markdown; `why` says why Claude does not say it. */
export function summaryWithoutClaude(made: { readonly bundle: Bundle; readonly definition: JobDefinition }, why: string): string {
  return [
    `${why} So this is what I can say without it; zip and card are complete.`,
    ...summaryOf(made),
    'Ask me here what to look at, and Claude goes on from this.',
  ].join('\n\n');
}

/** The same where no bundle was made; `answer` is what the tool said of that. */
export function nothingWithoutClaude(subject: ConversationRow['subject'], answer: { text: string; isError: boolean }, why: string): string {
  const later = `${why} Once it answers again, Claude can say more.`;
  if (answer.isError || !('jobId' in subject)) return `I made no bundle. ${answer.text}\n\n${later}`;
  // Between the first line and the last, which are the tool's words to the model, stand the facts.
  const facts = answer.text.split('\n').slice(1, -1);
  return [
    `I made nothing yet: a bundle already owns job ${subject.jobId}. A change belongs there, and a second bundle would compete with it.`,
    facts.map((fact) => `- ${fact}`).join('\n'),
    `${later} Say so here if you want a second bundle all the same.`,
  ].join('\n\n');
}

function summaryOf({ bundle, definition }: Parameters<typeof summaryWithoutClaude>[0]): string[] {
  const { sources, variables, secrets, targets } = bundle;
  const tasks = objectsIn(definition.settings.tasks).map(({ task_key: key }) => code(String(key)));
  const held = [
    counted(tasks.length, 'task'),
    counted(sources.length, 'source'),
    `the targets ${targets.map(code).join(', ')}`,
    ...(variables.length === 0 ? [] : [`${counted(variables.length, 'variable')} (${named(variables.map(({ name }) => code(name)))})`]),
  ];
  const found = secrets.map(({ path, line, kind }) => `- ${code(`${path}:${line}`)}: ${kind}`);
  const looks = [...bundle.diagnostics].sort((a, b) => ORDER[a.level] - ORDER[b.level]).map(lookLine);
  return [
    `The bundle ${code(bundle.name)} holds ${held.join(', ')}.`,
    ...(definition.folder === undefined
      ? []
      : [`I propose these tasks, in the order that names, imports and tables say: ${named(tasks)}. Look whether it is right.`]),
    ...(found.length === 0
      ? []
      : [list('Hard-coded secrets, masked in the zip; nothing can be deployed before they are replaced:', found, NAMED)]),
    looks.length === 0 ? 'Nothing in it needs a second look, as far as I can tell.' : list('Please look at:', looks, LOOKS),
  ];
}

const ORDER: Record<Diagnostic['level'], number> = { error: 0, warning: 1, note: 2 };

function lookLine({ place, message }: Diagnostic): string {
  return `- ${code(place)}: ${cut(message.replace(/\s+/g, ' '))}`;
}

function list(title: string, lines: readonly string[], most: number): string {
  const more = lines.length > most ? [`- and ${lines.length - most} more`] : [];
  return [title, ...lines.slice(0, most), ...more].join('\n');
}

function named(all: readonly string[]): string {
  return [...all.slice(0, NAMED), ...(all.length > NAMED ? [`${all.length - NAMED} more`] : [])].join(', ');
}

/** A foreign name, in which nothing is markup. */
function code(text: string): string {
  return `\`${cut(text.replace(/\s+/g, ' ').replaceAll('`', "'"))}\``;
}

function cut(text: string): string {
  return text.length <= CHARACTERS ? text : `${text.slice(0, CHARACTERS).toWellFormed()}…`;
}

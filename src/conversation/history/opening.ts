// How a segment of a history begins: what was said before it, shortened, with tool results cut to what they led to.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { SaidRow } from '../../storage/model-messages.ts';

type Said = Pick<SaidRow, 'turnId' | 'role' | 'content'>;

interface Told {
  readonly role: 'user' | 'assistant';
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
}

/** The last turns are told as they were said, each text up to so many characters; those before them by a line each, the oldest not at all. */
const WHOLE_TURNS = 6;
const WHOLE_CHARACTERS = 2_000;
const LINES = 40;
const LINE_CHARACTERS = 160;
/** Characters of what is told of the bundle. */
const BUNDLE_CHARACTERS = 3_000;

const NOTE =
  'A note of DAB Bot: this thread is longer than what you are shown. What happened before comes in short, without what tools answered: look again at what you need.';

interface ToldTurn {
  readonly id: string;
  asked: readonly string[];
  answer: string | undefined;
}

/**
 * The messages that stand for what was said in earlier turns. Only what people wrote is said as a person: answers may quote what others
 * wrote (facts: claude-and-mcp#the-loop). Nobody's thinking is in it. `versions`: by turn, the version that came of it.
 */
export function openingOf(said: readonly Said[], versions: ReadonlyMap<string, number>, bundle: Bundle | undefined): Told[] {
  const turns = turnsOf(said);
  const [earlier, last] = [turns.slice(0, -WHOLE_TURNS), turns.slice(-WHOLE_TURNS)];
  const left = Math.max(0, earlier.length - LINES);
  const recap = [
    ...(left === 0 ? [] : [`(${left} earlier messages are left out.)`]),
    ...earlier.slice(-LINES).map((turn) => lineOf(turn, versions.get(turn.id))),
    ...(bundle === undefined ? [] : [describe(bundle)]),
  ];
  return [
    ...(recap.length === 0 ? [] : [told('user', [NOTE]), told('assistant', [['What happened before:', ...recap].join('\n')])]),
    ...last.flatMap(({ asked, answer }) => [
      told(
        'user',
        asked.map((text) => cut(text, WHOLE_CHARACTERS)),
      ),
      ...(answer === undefined ? [] : [told('assistant', [cut(answer, WHOLE_CHARACTERS)])]),
    ]),
  ];
}

/** What each turn asked first and answered last. */
function turnsOf(said: readonly Said[]): ToldTurn[] {
  const turns = new Map<string, ToldTurn>();
  for (const { turnId, role, content } of said) {
    const texts = textsOf(content);
    if (texts.length === 0) continue;
    const turn = turns.get(turnId) ?? { id: turnId, asked: [], answer: undefined };
    turns.set(turnId, turn);
    if (role === 'assistant') turn.answer = texts.join('\n\n');
    else if (turn.asked.length === 0) turn.asked = texts;
  }
  return [...turns.values()].filter(({ asked }) => asked.length > 0);
}

function textsOf(content: unknown): string[] {
  const blocks: unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  return blocks.flatMap((block) => {
    if (typeof block !== 'object' || block === null || !('type' in block) || block.type !== 'text' || !('text' in block)) return [];
    return typeof block.text === 'string' && block.text.trim() !== '' ? [block.text] : [];
  });
}

function lineOf({ asked, answer }: ToldTurn, version: number | undefined): string {
  const quoted = (text: string) => JSON.stringify(cut(text, LINE_CHARACTERS));
  const end = answer === undefined ? 'no answer came' : `answered ${quoted(answer)}`;
  return `- Asked ${quoted(asked[0] ?? '')}; ${end}${version === undefined ? '' : `; version ${version} came of it`}.`;
}

function describe({ name, targets, resources, variables, files }: Bundle): string {
  const parts = [
    `targets ${targets.join(', ')}`,
    `resources ${resources.map(({ type, key }) => `${type}.${key}`).join(', ')}`,
    ...(variables.length === 0 ? [] : [`variables ${variables.map((variable) => variable.name).join(', ')}`]),
    `files ${files.map(({ path }) => path).join(', ')}`,
  ];
  return cut(`The bundle at this point: ${JSON.stringify(name)}; ${parts.join('; ')}.`, BUNDLE_CHARACTERS);
}

function told(role: Told['role'], texts: readonly string[]): Told {
  return { role, content: texts.map((text) => ({ type: 'text', text })) };
}

function cut(text: string, most: number): string {
  return text.length <= most ? text.toWellFormed() : `${text.slice(0, most).toWellFormed()} […]`;
}

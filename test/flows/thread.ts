// A thread as one person sees it: what stands in it, and waiting for what should.
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';

/** A step of a conversation takes a second or two; on a machine that does much else, many. The limit only catches a hang. */
export const STEP_MS = 120_000;
export const CHANNEL = 'C_DATA';

export interface Thread {
  readonly root: Message;
  /** The root message and the replies, oldest first. */
  messages(): Message[];
  /** All text of all messages. */
  text(): string;
  /** The zips. */
  files(): NonNullable<Message['files']>;
  /** The files that say what a plan would change. */
  reports(): NonNullable<Message['files']>;
  say(text: string): void;
  /** A message as it stands now. */
  now(message: Message): Message;
  /** Waits until no turn runs: the root message offers no Stop. */
  idle(): Promise<unknown>;
  /** Waits for the newest card of a version, and that it is as asked. */
  card(version: number, check?: (card: Message) => boolean): Promise<Message>;
  /** Waits until a message shows these words. */
  shows(message: Message, words: string): Promise<Message>;
  /** Waits for a message that says this. */
  says(words: string | RegExp): Promise<Message>;
  /** Waits for so many zips. */
  hasFiles(count: number): Promise<unknown>;
}

export function followThread(person: Person, root: Message): Thread {
  const messages = () => person.messages(root.channel, root.ts);
  const now = (message: Message) => messages().find(({ ts }) => ts === message.ts) ?? message;
  const named = (ending: string) => messages().flatMap((message) => (message.files ?? []).filter(({ name }) => name.endsWith(ending)));
  const files = () => named('.zip');
  return {
    root,
    messages,
    text: () => messages().map(textOf).join('\n'),
    files,
    reports: () => named('.md'),
    say: (text) => void person.say(root.channel, text, { thread: root.ts }),
    now,
    idle: () => person.waitFor(() => !('stop' in buttonsOf(now(root))), STEP_MS),
    card: (version, check = () => true) =>
      person.waitFor(() => {
        const card = messages().findLast((message) => textOf(message).includes(` · version ${version}*`));
        return card && check(card) && card;
      }, STEP_MS),
    shows: (message, words) => person.waitFor(() => textOf(now(message)).includes(words) && now(message), STEP_MS),
    says: (words) =>
      person.waitFor(
        () => messages().find((message) => (typeof words === 'string' ? textOf(message).includes(words) : words.test(textOf(message)))),
        STEP_MS,
      ),
    hasFiles: (count) => person.waitFor(() => files().length === count, STEP_MS),
  };
}

/** How often each thing was said in a thread of ana's. */
export function counts({ root, messages, files }: Thread) {
  const having = (check: (text: string) => boolean) => messages().filter((message) => check(textOf(message))).length;
  return {
    answers: messages().filter(({ text, ts }) => text.startsWith('<@U_ANA>') && ts !== root.ts).length,
    zips: files().length,
    cards: having((text) => text.includes('· version 1*')),
    steps: having((text) => text.includes('Collecting sources')),
  };
}
/** Of a thread with one version. */
export const ONCE = { answers: 1, zips: 1, cards: 1, steps: 1 };

/** Types `/dab …` and follows the thread that comes of it; its root message says `about`. */
export async function startThread(person: Person, line: string, about: string, channel = CHANNEL): Promise<Thread> {
  await person.command(channel, line);
  return followRoot(person, about, channel);
}

/** The same where others stand that say it. */
export async function startAnother(person: Person, line: string, about: string, channel = CHANNEL): Promise<Thread> {
  const before = new Set(person.messages(channel).map(({ ts }) => ts));
  await person.command(channel, line);
  return followThread(person, await person.waitFor(() => rootOf(person, about, channel, before), STEP_MS));
}

/** Waits for the root message that says `about`. */
export async function followRoot(person: Person, about: string, channel = CHANNEL): Promise<Thread> {
  return followThread(person, await person.waitFor(() => rootOf(person, about, channel), STEP_MS));
}

export function rootOf(person: Person, about: string, channel = CHANNEL, without?: ReadonlySet<string>): Message | undefined {
  const isRoot = ({ threadTs, isBot, ts }: Message) => threadTs === undefined && isBot && !without?.has(ts);
  return person.messages(channel).find((message) => isRoot(message) && message.text.includes(about));
}

/** Says that something has come, and what it waits for; how often that is said depends on how busy the bot is. */
export const isReceipt = (text: string) => /^:(eyes|hourglass_flowing_sand): /.test(text);

/**
 * Does something, and waits for what the bot then says to this person alone. On a busy machine Slack may have said before that the bot does not
 * answer; it does, all the same. That it has got what was typed is no answer.
 */
export async function privately(person: Person, act: () => Promise<unknown>, channel = CHANNEL): Promise<Message> {
  const said = () => person.ephemerals(channel).filter(({ userName, text }) => userName !== 'Slackbot' && !isReceipt(text));
  const before = said().length;
  await act();
  return person.waitFor(() => said().slice(before).at(-1), STEP_MS);
}

export function buttonsOf(message: Message): Record<string, { url?: string; value?: string; style?: string; text?: { text: string } }> {
  const elements = (message.blocks ?? []).flatMap((block) => [...(Array.isArray(block.elements) ? block.elements : []), block.accessory]);
  return Object.fromEntries(elements.filter((element) => element?.action_id !== undefined).map((element) => [element.action_id, element]));
}

/** All text of a message's blocks. */
export function textOf(message: Message): string {
  const collect = (value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap(collect);
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, item]) =>
      typeof item === 'string' && /^(text|title)$/.test(key) ? [item] : collect(item),
    );
  };
  return [message.text, ...collect(message.blocks), ...collect(message.stream?.chunks)].join('\n');
}

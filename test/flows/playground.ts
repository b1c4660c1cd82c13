// Starts the whole stack for a flow test, and says loudly when there is no CLI to run it with.
import { loadCliConfig } from '../../src/config/load.ts';
import { type CliStatus, createCliLocator } from '../../src/deployment/install/locate.ts';
import { connectAs } from '../../src/playground/connect.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import type { Playground } from '../../src/playground/start.ts';
import { createLogger } from '../../src/values/log.ts';

/** Longest a step of a conversation may take on a slow machine. */
export const STEP_MS = 60_000;
export const CHANNEL = 'C_DATA';

/** The CLI that `npm run setup:cli` has prepared, if there is one. */
export async function findCli(): Promise<CliStatus> {
  const locator = createCliLocator({ ...loadCliConfig(), allowSetup: false, log: createLogger({ level: 'silent' }) });
  await locator.ready();
  return locator.status();
}

/** Links somebody by `/dab connect`, whose sign-in pages are walked through. */
export async function connected({ slack, databricks }: Playground, name: 'ana' | 'ben'): Promise<Person> {
  const person = slack.as(name);
  await person.command(CHANNEL, '/dab connect');
  const asked = await person.waitFor(() => lastEphemeral(person), STEP_MS);
  const email = `${name}@acme.example`;
  await connectAs(databricks, buttonsOf(asked).connect?.url ?? '', email);
  await person.waitFor(() => textOf(lastEphemeral(person) ?? asked).includes(`You are connected as ${email}`), STEP_MS);
  return person;
}

export function buttonsOf(message: Message): Record<string, { url?: string; value?: string; text?: { text: string } }> {
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

export function rootOf(person: Person, jobId: string, channel = CHANNEL): Message | undefined {
  return person
    .messages(channel)
    .find((message) => message.threadTs === undefined && message.isBot && message.text.includes(`job ${jobId} `));
}

/** The newest card of a version. */
export function cardOf(person: Person, root: Message, version: number): Message | undefined {
  return person.messages(root.channel, root.ts).findLast((message) => textOf(message).includes(` · version ${version}*`));
}

export function lastEphemeral(person: Person, channel = CHANNEL): Message | undefined {
  return person.ephemerals(channel).at(-1);
}

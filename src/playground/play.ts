// Plays the whole conversation without a page: connect, command, secrets out, one edit, approve, deploy; for every job, and checks what was deployed.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderMessage } from './as-text.ts';
import { checkDeployed } from './check-deployed.ts';
import { connectAs } from './connect.ts';
import type { Person } from './slack/people/person.ts';
import type { Message } from './slack/protocol/page-api.ts';
import type { Playground } from './start.ts';

/** One step of a conversation: a big job's plan and proof take the CLI seconds each. */
const STEP_MS = 120_000;
const CHANNEL = 'C_DATA';
const EDIT = 'add a staging target';
const REPLACE = 'replace the secrets with scope demo';
/** How a card says that it waits for hard-coded secrets to be replaced. */
const WAITS = /hard-coded secret/;

/** How it asks whether a job that belongs to a bundle shall have another. */
const SECOND = /second bundle of job \d+ all the same\?/;

export interface Played {
  readonly jobId: string;
  readonly name: string;
  readonly ok: boolean;
  /** One line: what was deployed, or where it ended. */
  readonly summary: string;
  /** The thread as text. */
  readonly thread: string;
}

/** Plays one job as ana; never throws for what the bot did: that is a result. `cli` is used for the check only. */
export async function playJob(
  playground: Playground,
  job: { jobId: string; name: string },
  cli: string | undefined,
  outDir?: string,
): Promise<Played> {
  const ana = playground.slack.as('ana');
  const [me] = playground.databricks.workspace.users;
  if (me === undefined) throw new Error('the workspace has no user');
  let root: Message | undefined;
  const thread = () => (root === undefined ? [] : ana.messages(CHANNEL, root.ts));
  const result = (ok: boolean, summary: string): Played => ({
    ...job,
    ok,
    summary,
    thread: [...ana.ephemerals(CHANNEL).slice(-1), ...thread()].map(renderMessage).join('\n'),
  });

  try {
    const before = new Set(ana.messages(CHANNEL).map((message) => message.ts));
    await ana.command(CHANNEL, `/dab job ${job.jobId}`);
    const connect = await ana.waitFor((person) => connectUrl(person) ?? (rootOf(person, before, job.jobId) && 'linked'), STEP_MS);
    if (connect !== 'linked') await connectAs(playground.databricks, connect, me.userName);
    root = await ana.waitFor((person) => rootOf(person, before, job.jobId), STEP_MS);
    const { ts } = root;
    let version = 1;
    const cardOf = () => ana.waitFor(() => card(thread(), version), STEP_MS);
    const ask = (words: string) => {
      ana.say(CHANNEL, words, { thread: ts });
      version++;
      return cardOf();
    };
    // Of a job that a bundle has deployed it asks first.
    const asked = await ana.waitFor(() => card(thread(), 1) ?? thread().find((message) => SECOND.test(renderMessage(message))), STEP_MS);
    if (card(thread(), 1) === undefined && SECOND.test(renderMessage(asked))) ana.say(CHANNEL, 'yes', { thread: ts });
    let last = await cardOf();
    const waited = buttonOf(last, 'deploy') === undefined && WAITS.test(renderMessage(last));
    if (waited) last = await ask(REPLACE);
    if (buttonOf(last, 'deploy') !== undefined) last = await ask(EDIT);
    if (buttonOf(last, 'deploy') === undefined) return result(false, `no plan for version ${version}: ${lastLine(last)}`);
    await ana.click(last, 'deploy');
    const ended = new RegExp(`Version ${version} (is|was)`);
    const end = await ana.waitFor(() => thread().find((message) => ended.test(message.text)), STEP_MS);
    const deployed = await jobBehind(end);
    if (deployed === undefined) return result(false, `not deployed: ${end.text}`);
    const zip = zips(thread()).at(-1);
    if (outDir !== undefined) await keep(outDir, job, ana, thread());
    if (zip === undefined || cli === undefined) return result(false, 'deployed, but there is nothing to check it with');
    const token = playground.databricks.tokenFor(me.userName);
    const wrong = await checkDeployed({
      cli,
      zip: ana.download(zip.id),
      target: 'dev',
      host: playground.databricks.url,
      token,
      jobId: deployed,
    });
    const proof = proofLine(last) ?? 'no proof line';
    return wrong.length === 0 && last.blocks !== undefined
      ? result(true, `${waited ? 'waited for its secrets, then ' : ''}deployed as job ${deployed}, equal to its bundle; ${proof}`)
      : result(false, `deployed as job ${deployed}, but it differs: ${wrong.slice(0, 3).join('; ')}`);
  } catch (error) {
    return result(false, error instanceof Error ? error.message : String(error));
  }
}

function connectUrl(person: Person): string | undefined {
  for (const message of person.ephemerals(CHANNEL).slice(-1)) {
    const button = buttonOf(message, 'connect');
    if (typeof button?.url === 'string') return button.url;
  }
  return undefined;
}

function rootOf(person: Person, before: ReadonlySet<string>, jobId: string): Message | undefined {
  return person
    .messages(CHANNEL)
    .find((message) => message.threadTs === undefined && !before.has(message.ts) && message.text.includes(`job ${jobId} `));
}

/** The card of a version, when it is there. */
function card(messages: readonly Message[], version: number): Message | undefined {
  return messages.find((message) => JSON.stringify(message.blocks ?? []).includes(` · version ${version}*`));
}

function buttonOf(message: Message, actionId: string): { url?: unknown; value?: unknown } | undefined {
  const elements = (message.blocks ?? []).flatMap((block) => [...(Array.isArray(block.elements) ? block.elements : []), block.accessory]);
  return elements.find((element) => element?.action_id === actionId);
}

function zips(messages: readonly Message[]) {
  return messages.flatMap((message) => message.files ?? []).filter((file) => file.name.endsWith('.zip'));
}

function lastLine(message: Message): string {
  return renderMessage(message).split('\n').at(-2)?.trim() ?? '';
}

function proofLine(message: Message): string | undefined {
  return /[^\n:]*: \d+ settings[^\n[]*/.exec(renderMessage(message))?.[0].trim();
}

/** The id of the deployed job, from the link in the last message. */
async function jobBehind(message: Message): Promise<string | undefined> {
  return /\/jobs\/(\d+)/.exec(JSON.stringify(message.blocks ?? []))?.[1];
}

async function keep(outDir: string, job: { jobId: string; name: string }, person: Person, messages: readonly Message[]): Promise<void> {
  const folder = join(outDir, job.jobId);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'thread.txt'), `${messages.map(renderMessage).join('\n')}\n`);
  for (const file of zips(messages)) await writeFile(join(folder, file.name), person.download(file.id));
}

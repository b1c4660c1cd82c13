// Killed after any stored step of a turn or of a deployment, the bot ends both after its next start: all there, nothing twice, nothing stuck.
import { describe, expect } from 'vitest';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Playground } from '../../src/playground/start.ts';
import { sampleOf } from '../sample.ts';
import { findCli, flow } from './stack.ts';
import { buttonsOf, CHANNEL, counts, ONCE, startThread, type Thread, textOf } from './thread.ts';

const cli = await findCli();
const test = flow();

/** #partner-project: a place for threads about the same jobs. */
const ELSEWHERE = 'C_PARTNER';
const TOLD = 'is deployed to *dev*';
const JOBS = ['123', '204', '318', '402'];
/** A start stores a few changes, a command about 60 more until its card stands there, a click about 12 until the deployment is told. */
const IN_A_TURN = [3, 6, 13, 24, 31, 39, 48, 57];
const IN_A_DEPLOYMENT = [7, 9, 11, 13];
const CASES = [
  ...IN_A_TURN.map((writes, index) => ({ of: 'a turn', kill: inTurn, writes, job: JOBS[index % 4] ?? '', direct: index >= 4 })),
  ...IN_A_DEPLOYMENT.map((writes, index) => ({ of: 'a deployment', kill: inDeployment, writes, job: JOBS[index] ?? '', direct: false })),
];

interface Killed {
  readonly writes: number;
  readonly job: string;
  /** In a direct message. */
  readonly direct: boolean;
}

/** Starts the bot anew so that it dies after so many changes, and once more when it has died or `work` is over. */
async function dyingAfter({ bots: [bot] }: Playground, writes: number, work: () => Promise<unknown>): Promise<void> {
  if (bot === undefined) throw new Error('there is no bot');
  await bot.stop('SIGTERM');
  const died = new Promise<void>((resolve) => bot.onCrash(() => resolve()));
  await bot.start({ DAB_DIE_AFTER_WRITES: String(writes) });
  await Promise.race([died, work()]);
  await bot.stop('SIGTERM');
  await bot.start();
}

async function inTurn({ writes, job, direct }: Killed, playground: Playground, ana: Person): Promise<void> {
  let begun: Promise<Thread> | undefined;
  await dyingAfter(playground, writes, async () => {
    begun = startThread(ana, `/dab job ${job}`, `job ${job} `, direct ? ana.dm : CHANNEL);
    await (await begun).card(1);
  });
  const thread = (await begun) ?? expect.fail('no thread');
  await thread.card(1);
  await thread.idle();
  expect(counts(thread)).toEqual(ONCE);
  expect(thread.text()).not.toContain('Something went wrong');
}

async function inDeployment({ writes, job }: Killed, playground: Playground, ana: Person): Promise<void> {
  const thread = await startThread(ana, `/dab job ${job}`, `job ${job} `, ELSEWHERE);
  const card = await thread.card(1, (one) => 'deploy' in buttonsOf(one));
  await thread.idle();
  await dyingAfter(playground, writes, async () => {
    await ana.click(card, 'deploy');
    await thread.says(TOLD);
  });
  await thread.shows(card, 'deployed to');
  await thread.says(TOLD);
  await thread.idle();
  expect(thread.messages().filter((message) => textOf(message).includes(TOLD))).toHaveLength(1);
  // Each job of this bundle is there once.
  const names = [...playground.databricks.workspace.jobs.values()].flatMap(({ settings }) => {
    const { deployment, name } = settings as { deployment?: { metadata_file_path?: string }; name?: string };
    return deployment?.metadata_file_path === undefined ? [] : [`${deployment.metadata_file_path} ${name}`];
  });
  expect(names.length).toBeGreaterThan(0);
  expect([...new Set(names)]).toEqual(names);
}

describe.skipIf(cli.state !== 'ready')('killed after the n-th stored change', () => {
  test.for(sampleOf(CASES, 1))('of $of, n = $writes', ({ kill, ...killed }, { playground, ana }) => kill(killed, playground, ana));
});

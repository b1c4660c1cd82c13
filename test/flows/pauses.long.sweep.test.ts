// A process that stands still for longer than its leases last, wherever it is: another goes on with its work, and nothing is said or done twice.
import { describe, expect } from 'vitest';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Playground } from '../../src/playground/start.ts';
import { goOnAfter, noPostgres, severalProcesses } from './several-processes.ts';
import { findCli } from './stack.ts';
import { buttonsOf, CHANNEL, counts, ONCE, startThread, textOf } from './thread.ts';

const cli = await findCli();
const test = severalProcesses(3);

/** #partner-project: a place for threads about the same jobs. */
const ELSEWHERE = 'C_PARTNER';
const TOLD = 'is deployed to *dev*';
const JOBS = ['123', '204', '318', '402'];
/** Longer than a lease, and longer than it takes until the work goes on elsewhere. */
const PAUSES_MS = [15_000, 25_000];

const AFTER = { 'a turn': [3, 6, 9, 13, 18, 24, 28, 31, 35, 39, 44, 48, 52, 57], 'a deployment': [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13] };
const CASES = Object.entries(AFTER).flatMap(([of, all]) =>
  all.map((writes, index) => ({
    ...{ of, writes, work: of === 'a turn' ? inTurn : inDeployment, ms: PAUSES_MS[index % 2] ?? 0 },
    ...{ job: JOBS[index % 4] ?? '', direct: of === 'a turn' && index >= 4 && index < 8, startsThen: index % 3 === 2 },
  })),
);

interface Paused {
  /** How many rows a process changes before it stands still. */
  readonly writes: number;
  readonly ms: number;
  readonly job: string;
  /** In a direct message. */
  readonly direct: boolean;
  /** A third process starts while the first one stands still. */
  readonly startsThen: boolean;
}

/** All end as they should: nothing is left that anybody has still to say. */
async function end({ bots }: Playground): Promise<void> {
  await Promise.all(bots.map((bot) => bot.stop('SIGTERM')));
}

/** Two processes start, and each of them stands still once, when it has changed so many rows. */
async function standingStill(playground: Playground, { writes, ms, startsThen }: Paused): Promise<() => Promise<void>> {
  await end(playground);
  const [third, ...two] = playground.bots;
  const { over } = goOnAfter(playground.bots, ms, async () => startsThen && (await third?.start()));
  await Promise.all(two.map((bot) => bot.start({ DAB_STOP_AFTER_WRITES: String(writes) })));
  return over;
}

async function inTurn(of: Paused, playground: Playground, ana: Person): Promise<void> {
  const { job, direct } = of;
  const over = await standingStill(playground, of);
  const thread = await startThread(ana, `/dab job ${job}`, `job ${job} `, direct ? ana.dm : CHANNEL);
  await thread.card(1);
  await over();
  await thread.idle();
  await end(playground);
  expect(counts(thread)).toEqual(ONCE);
  expect(buttonsOf(thread.now(thread.root))).not.toHaveProperty('stop');
  expect(thread.text()).not.toContain('Something went wrong');
}

async function inDeployment(of: Paused, playground: Playground, ana: Person): Promise<void> {
  await end(playground);
  const [, bot] = playground.bots;
  await bot?.start();
  const thread = await startThread(ana, `/dab job ${of.job}`, `job ${of.job} `, ELSEWHERE);
  const card = await thread.card(1, (one) => 'deploy' in buttonsOf(one));
  await thread.idle();
  const over = await standingStill(playground, of);
  await ana.click(card, 'deploy');
  await thread.says(TOLD);
  await over();
  await thread.shows(card, 'deployed to');
  await thread.idle();
  await end(playground);
  expect(thread.messages().filter((message) => textOf(message).includes(TOLD))).toHaveLength(1);
  expect(textOf(thread.now(card))).toContain('deployed to');
}

describe.skipIf(cli.state !== 'ready' || noPostgres)('standing still after the n-th stored change', () => {
  test.for(CASES)('of $of, n = $writes, for $ms ms', ({ work, ...paused }, { playground, ana }) => work(paused, playground, ana));
});

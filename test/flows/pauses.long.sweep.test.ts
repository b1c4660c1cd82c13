// A process that stands still for longer than its leases last, wherever it is: another goes on with its work, and nothing is said or done twice.
import { describe, expect, onTestFinished } from 'vitest';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import type { Playground } from '../../src/playground/start.ts';
import { goOnAfter, noPostgres, severalProcesses } from './several-processes.ts';
import { findCli, holdSources } from './stack.ts';
import { buttonsOf, CHANNEL, counts, ONCE, STEP_MS, startAnother, type Thread, textOf } from './thread.ts';

const cli = await findCli();
const test = severalProcesses(3);

/** #partner-project: a place for threads about the same jobs. */
const ELSEWHERE = 'C_PARTNER';
const TOLD = 'is deployed to *dev*';
const RAN = /^<@U_ANA> (Done: )?Run job/m;
const JOBS = ['123', '204', '318', '402'];
/** Longer than a lease, and longer than it takes until the work goes on elsewhere. */
const PAUSES_MS = [15_000, 25_000];

const AFTER = {
  'a turn': { work: inTurn, after: [3, 6, 9, 13, 18, 24, 28, 31, 35, 39, 44, 48, 52, 57] },
  'a deployment': { work: inDeployment, after: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13] },
  'a reply': { work: inReply, after: [2, 5, 9, 14, 20, 26, 32] },
  'a run': { work: inRun, after: [1, 2, 3, 4, 5, 7] },
};
const CASES = Object.entries(AFTER).flatMap(([of, { work, after }]) =>
  after.map((writes, index) => ({
    ...{ of, writes, work, ms: PAUSES_MS[index % 2] ?? 0 },
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

type Flow = { readonly playground: Playground; readonly ana: Person; readonly forget: () => Promise<void> };

async function inTurn(of: Paused, { playground, ana, forget }: Flow): Promise<void> {
  const { job, direct } = of;
  await forget();
  const over = await standingStill(playground, of);
  const thread = await startAnother(ana, `/dab job ${job}`, `job ${job} `, direct ? ana.dm : CHANNEL);
  await thread.card(1);
  await over();
  await thread.idle();
  await end(playground);
  expect(counts(thread)).toEqual(ONCE);
  expect(buttonsOf(thread.now(thread.root))).not.toHaveProperty('stop');
  expect(thread.text()).not.toContain('Something went wrong');
}

/** A thread with its first card, by a process that does not stand still. */
async function begun({ playground, ana, forget }: Flow, job: string, channel = ELSEWHERE): Promise<{ thread: Thread; card: Message }> {
  await end(playground);
  await forget();
  const [, bot] = playground.bots;
  await bot?.start();
  const thread = await startAnother(ana, `/dab job ${job}`, `job ${job} `, channel);
  const card = await thread.card(1, (one) => 'deploy' in buttonsOf(one));
  await thread.idle();
  return { thread, card };
}

async function inReply(of: Paused, flow: Flow): Promise<void> {
  const { playground } = flow;
  // Elsewhere others read along, and zips go to people directly.
  const { thread } = await begun(flow, of.job, CHANNEL);
  const over = await standingStill(playground, of);
  thread.say('add a staging target');
  await thread.card(2);
  await over();
  await thread.idle();
  await end(playground);
  expect(counts(thread)).toMatchObject({ answers: 2, zips: 2, cards: 1 });
  expect(thread.text()).not.toContain('Something went wrong');
}

async function inRun(of: Paused, flow: Flow): Promise<void> {
  const { playground, ana } = flow;
  const { thread } = await begun(flow, of.job);
  thread.say(`run job ${of.job}`);
  const card = await ana.waitFor(() => thread.messages().find((one) => 'write_run' in buttonsOf(one)), STEP_MS);
  await thread.idle();
  const { runs } = playground.databricks.workspace;
  const before = runs.size;
  const over = await standingStill(playground, of);
  await ana.click(card, 'write_run');
  await thread.shows(card, 'The run succeeded');
  await over();
  await thread.says(RAN);
  await thread.idle();
  await end(playground);
  expect(runs.size).toBe(before + 1);
  expect(thread.messages().filter(({ text }) => RAN.test(text))).toHaveLength(1);
}

async function inDeployment(of: Paused, flow: Flow): Promise<void> {
  const { playground, ana } = flow;
  const { thread, card } = await begun(flow, of.job);
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
  test.for(CASES)('of $of, n = $writes, for $ms ms', ({ work, ...paused }, { playground, ana, forget }) =>
    work(paused, { playground, ana, forget }),
  );

  test('a Stop that comes meanwhile is obeyed by whoever goes on with the turn', async ({ playground, ana, working, forget }) => {
    await end(playground);
    await forget();
    const [, ...two] = playground.bots;
    await Promise.all(two.map((bot) => bot.start()));
    const release = holdSources(playground);
    const thread = await startAnother(ana, '/dab job 204', 'job 204 ', ELSEWHERE);
    await thread.says('Collecting sources');
    const { mine } = await working('turns');
    onTestFinished(() => mine.signal('SIGCONT'));
    mine.signal('SIGSTOP');
    // Slack hands a press to any one socket: what the one that stands still gets is said not to have worked, and pressed again.
    let pressed: Awaited<ReturnType<typeof ana.click>> | undefined;
    for (let tries = 0; tries < 8 && pressed?.state !== 'acked'; tries++) pressed = await ana.click(thread.root, 'stop');
    await thread.says('Stopped');
    mine.signal('SIGCONT');
    await thread.idle();
    release();
    await end(playground);
    const answers = thread.messages().flatMap(({ text, ts }) => (ts !== thread.root.ts && text.startsWith('<@U_ANA>') ? [text] : []));
    expect(answers).toEqual([expect.stringContaining('Stopped.')]);
    expect(counts(thread)).toMatchObject({ zips: 0, cards: 0 });
  });
});

// Two processes of the bot on one PostgreSQL: what one of them leaves in the middle, dead or paused, the other goes on with, once.
import { describe, expect, onTestFinished } from 'vitest';
import { noPostgres, severalProcesses } from './several-processes.ts';
import { findCli, holdSources } from './stack.ts';
import { counts, ONCE, STEP_MS, startThread } from './thread.ts';

const cli = await findCli();

/**
 * Twice as long as usual: on a machine with six times as much to do as it can, each of them has stood still for 19 s by itself, and a turn that is
 * taken from one by the other each time comes to no end.
 */
const test = severalProcesses(2, { DAB_LEASE_SECONDS: '20' });

describe.skipIf(cli.state !== 'ready' || noPostgres)('of two processes', () => {
  test('one that is paused changes nothing when it wakes up: the other has gone on with the turn', async ({
    playground,
    ana,
    working,
    rows,
  }) => {
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    await thread.says('Collecting sources');
    const { mine, other } = await working('turns');
    onTestFinished(() => mine.signal('SIGCONT'));
    mine.signal('SIGSTOP');
    // Nobody else has it before its lease is over.
    await expect.poll(async () => (await working('turns')).mine.pid(), { timeout: STEP_MS }).toBe(other.pid());
    mine.signal('SIGCONT');
    await expect.poll(() => mine.log(), { timeout: STEP_MS }).toContain('Another process has taken over');
    release();
    await thread.card(1);
    await thread.idle();
    expect(counts(thread)).toEqual(ONCE);
    expect(await rows("select state from turns where state <> 'done'")).toEqual([]);
    // Each question of the model's has its answer, in turn: a history that nobody else wrote into.
    const roles = (await rows('select role from messages order by seq')).map(({ role }) => role);
    expect(roles).toEqual(roles.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')));
  });

  test('one that dies leaves its turn to the other', async ({ playground, ana, working }) => {
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 204', 'job 204 ');
    await thread.says('Collecting sources');
    const { mine } = await working('turns');
    await mine.stop('SIGKILL');
    release();
    await thread.card(1);
    await thread.idle();
    expect(counts(thread)).toEqual(ONCE);
    await mine.start();
  });

  test('whichever hears of a Stop, the one at work obeys', async ({ playground, ana }) => {
    for (const job of ['318', '402']) {
      const release = holdSources(playground);
      const thread = await startThread(ana, `/dab job ${job}`, `job ${job} `);
      await thread.says('Collecting sources');
      await ana.click(thread.root, 'stop');
      await thread.says('Stopped. Until then: ');
      await thread.idle();
      release();
    }
  });
});

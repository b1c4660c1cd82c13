// A database that goes away while a turn is at work: the process lives, and the turn ends as if nothing had been.
import { describe, expect } from 'vitest';
import { systemClock } from '../../src/values/clock.ts';
import { lineTo } from '../storage/cuttable-line.ts';
import { noPostgres, severalProcesses } from './several-processes.ts';
import { findCli, holdSources, type StackOptions } from './stack.ts';
import { counts, ONCE, STEP_MS, startThread } from './thread.ts';

const cli = await findCli();

const test = severalProcesses(1)
  .extend('line', { scope: 'file' }, async ({ server }, { onCleanup }) => {
    const line = await lineTo(server.port);
    onCleanup(line.close);
    return line;
  })
  .extend('options', { scope: 'file' }, ({ server: { host, database, user }, line }): StackOptions => {
    const variables = { PGHOST: host, PGPORT: String(line.port), PGDATABASE: database, PGUSER: user, PGSSLMODE: 'disable' };
    return { processes: 1, fromNothing: true, variables };
  });

/** Milliseconds, and a job of its own. */
const CASES = [
  [2_000, '204'],
  [5_000, '123'],
  [35_000, '318'],
] as const;

describe.skipIf(cli.state !== 'ready' || noPostgres)('a database that is away', () => {
  test.for(CASES)('for %s ms while job %s is read', async ([ms, job], { playground, ana, line, rows }) => {
    const [bot] = playground.bots;
    const pid = bot?.pid();
    const release = holdSources(playground);
    const thread = await startThread(ana, `/dab job ${job}`, `job ${job} `);
    await thread.says('Collecting sources');
    line.close();
    release();
    await systemClock.sleep(ms);
    await line.open();
    await thread.card(1);
    await thread.idle();
    expect(counts(thread)).toEqual(ONCE);
    await expect.poll(() => rows("select state from turns where state <> 'done'"), { timeout: STEP_MS }).toEqual([]);
    expect(bot?.pid()).toBe(pid);
  });
});

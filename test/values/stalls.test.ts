// A process that works on one thing for too long says so in its log, with what that was.
import { expect, test } from 'vitest';
import { createLogger } from '../../src/values/log.ts';
import { during, watchStalls } from '../../src/values/stalls.ts';

/** Works, however little of its time the machine has for it. */
function work(): void {
  for (const from = process.cpuUsage(); process.cpuUsage(from).user < 80_000; );
}

/** What the log says of stalls of ours while something is done: one at least. */
async function stallsOf(run: () => unknown) {
  const { promise: seen, resolve } = Promise.withResolvers<void>();
  const counted: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  const stop = watchStalls(log, (what) => {
    // Others may have had the machine for a while.
    if (what === 'nothing of ours') return;
    counted.push(what);
    resolve();
  });
  try {
    await run();
    await seen;
  } finally {
    stop();
  }
  return { counted, lines: lines.filter((line) => line.during !== 'nothing of ours') };
}

test('a piece of work that takes too long is logged and counted by its name, the innermost of several', async () => {
  const { counted, lines } = await stallsOf(() => during('drawing an answer', () => during('drawing a list', work)));
  expect(counted).toContain('drawing a list');
  const names = lines.flatMap(({ pieces }) => (pieces as { what: string }[]).map(({ what }) => what));
  expect(names).toEqual(expect.arrayContaining(['drawing a list', 'drawing an answer']));
  expect(lines[0]).toMatchObject({ level: 30, msg: 'the process stood still' });
});

test('work without a name is put down to the one thing that is under way, and to nobody where there is none', async () => {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const call = during('tool get_job', () => over);
  expect((await stallsOf(work)).counted).toContain('tool get_job');
  resolve();
  await call;
  expect((await stallsOf(work)).counted).toContain('unknown');
});

test('its answer and its failure are the work’s own', async () => {
  expect(during('x', () => 1)).toBe(1);
  expect(() =>
    during('x', () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  await expect(
    during('x', async () => {
      throw new Error('later');
    }),
  ).rejects.toThrow('later');
});

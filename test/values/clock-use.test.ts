// Rooms take the time, and wait, by the clock that they are handed; who may use the machine's own is listed here.
import { expect, test } from 'vitest';
import { readSources, within } from '../source-graph.ts';

/** Where timers are Node's own. */
const TIMERS = [
  'values/clock.ts',
  // It measures this process itself.
  'values/stalls.ts',
  // They watch over processes, and must keep none alive.
  'playground/parent.ts',
  'playground/end-with-parent.ts',
  // It waits for more work of a thread of this process, and keeps neither alive.
  'worker/apart.ts',
  // An answer of Slack is waited for in real time.
  'slack/bolt/paced.ts',
];
/** Who may take the machine's clock: whoever puts rooms together, rooms' factories that are handed none, and what waits for others in real time. */
const MACHINE_CLOCK = [
  ...['bin', 'playground', 'command-line/command.ts'],
  ...['agent/agent.ts', 'databricks/workspace.ts', 'databricks/api-writes/workspace-writes.ts', 'deployment/install/locate.ts'],
  ...['identity/identities.ts'],
  ...['deployment/cli/process.ts', 'storage/db/folder-lock.ts', 'storage/db/wait-for-server.ts'],
  ...['storage/db/listen.ts', 'storage/db/queue-trouble.ts', 'web/http-listener.ts'],
];

const all = readSources();
const imports = all.flatMap((one) => one.imports);

test('rooms take the time, and wait, by the clock that they are handed', () => {
  const timers = /\bDate\.now\b|\bnew Date\(\)|\bset(Timeout|Interval)\(|\btimers\/promises|\bAbortSignal\.timeout|\bperformance\.now\b/;
  const server = all.filter((one) => !within(one.file, 'playground/page') && timers.test(one.text));
  expect(server.map((one) => one.file).sort()).toEqual([...TIMERS].sort());
  const machine = imports.filter((one) => one.target === 'values/clock.ts' && one.names.includes('systemClock'));
  expect(machine.filter(({ file }) => !MACHINE_CLOCK.some((place) => within(file, place))).map(({ file }) => file)).toEqual([]);
  expect(MACHINE_CLOCK.filter((place) => !machine.some(({ file }) => within(file, place)))).toEqual([]);
});

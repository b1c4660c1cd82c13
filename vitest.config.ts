// The test run: every *.test.ts under test/, four at a time, generous limits because machines differ.
import { defineConfig } from 'vitest/config';
import { loadCliConfig } from './src/config/load.ts';
import { createCliLocator } from './src/deployment/install/locate.ts';
import { createLogger } from './src/values/log.ts';
import { LongestFirst } from './test/longest-first.ts';
import { EVERY } from './test/sample.ts';

// The CLI that `npm run setup:cli` has prepared, wherever it is; without one, what needs it is skipped and named at the end.
const cli = await createCliLocator({ ...loadCliConfig(), allowSetup: false, log: createLogger({ level: 'silent' }) }).ready();

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // More than an hour of processes that are killed, stand still or are refused something: two-processes.test.ts shows some of each.
    exclude: EVERY ? [] : ['test/**/*.long.sweep.test.ts'],
    env: cli === undefined ? {} : { DATABRICKS_CLI_PATH: cli },
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/leave-nothing.ts', 'test/measure.ts'],
    // They only catch a hang: a flow starts programs and takes many steps, six times as slowly on a busy machine. Set in a file they would count
    // for some files and not for others, since what a worker has imported is not run again.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // A test that waits for something fails when it never comes, not when a busy machine is slow.
    expect: { poll: { timeout: 30_000 } },
    // A file waits for half of its time, for programs and clocks: with three, two cores were idle for a sixth of the run.
    maxWorkers: 4,
    // Files of a worker share what they import: to load it anew for each costs a tenth of the run. Rooms are factories and keep no state; what
    // a file leaves behind, setupFiles tell.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // WebAssembly as it is compiled first: to compile it again, for speed, costs a test more than it gains.
    execArgv: ['--liftoff-only'],
    reporters: ['default', './test/summary-reporter.ts'],
  },
});

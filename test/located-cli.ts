// The Databricks CLI that the run has found before its first file (vitest.config.ts); where there is none, what needs it is skipped, loudly.
import { tmpdir } from 'node:os';
import { createCliLocator } from '../src/deployment/install/locate.ts';
import { createLogger } from '../src/values/log.ts';

/** Its path; never prepared by a test. */
export const CLI = process.env.DATABRICKS_CLI_PATH;
if (CLI === undefined)
  process.stderr.write('\n*** No Databricks CLI on this machine: tests that need it are skipped. Run: npm run setup:cli\n');

/** One a file, since to ask a CLI for its version costs as much as a small command. */
export const LOCATOR = createCliLocator({ cliPath: CLI, cacheDir: tmpdir(), log: createLogger({ level: 'silent' }), allowSetup: false });

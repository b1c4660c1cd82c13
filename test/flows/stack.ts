// The whole stack as a fixture of a flow's file: stand-ins, the bot over a prepared database, and people who are linked.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, onTestFinished } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { loadCliConfig } from '../../src/config/load.ts';
import { type CliStatus, createCliLocator } from '../../src/deployment/install/locate.ts';
import { connectAs } from '../../src/playground/connect.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { createLogger } from '../../src/values/log.ts';
import { fillDataFolder } from '../storage/test-dump.ts';
import { buttonsOf, CHANNEL, privately, STEP_MS, textOf } from './thread.ts';

/**
 * How many times as fast time goes for programs and stand-ins: a minute's calls of Slack are free again after seconds. Not so fast that a
 * busy machine sees a sign-in end, which lives for ten minutes.
 */
const CLOCK_SCALE = 8;

/** For `DATABRICKS_CLI_PATH`: there is none, and none is prepared. */
export const NO_CLI = { DATABRICKS_CLI_PATH: '/nowhere/databricks' };

export interface StackOptions {
  /** Processes of the bot, on a Postgres server that `variables` name. */
  readonly processes?: number;
  /** The tools on a server of their own. */
  readonly remoteTools?: boolean;
  /** More variables of the bot. */
  readonly variables?: Record<string, string>;
  /** The database is made by the bot's first start, as anybody's is; that takes seconds. */
  readonly fromNothing?: boolean;
}

/** A test whose file shares one stack, started by the first test that wants it. */
export function flow(options: StackOptions = {}) {
  return base
    .extend('options', { scope: 'file' }, options)
    .extend('playground', { scope: 'file' }, async ({ options }, { onCleanup }) => {
      const stack = await startStack(options);
      onCleanup(stack.close);
      return stack.playground;
    })
    .extend('ana', { scope: 'file' }, ({ playground }) => linked(playground, 'ana'))
    .extend('ben', { scope: 'file' }, ({ playground }) => linked(playground, 'ben'))
    .extend('cy', { scope: 'file' }, ({ playground }) => linked(playground, 'cy'))
    .extend('dee', { scope: 'file' }, ({ playground }) => linked(playground, 'dee'))
    .extend('tellsLog', { auto: true }, ({ playground, onTestFailed }) => onTestFailed(() => tellWarnings(playground)));
}

/** What the bot warned of, since a test that waited in vain does not know why. */
async function tellWarnings({ log }: Playground): Promise<void> {
  const lines = (await log()).split('\n').filter((line) => /"level":[4-6]0/.test(line));
  console.error(`*** The bot's warnings, the last ones:\n${lines.slice(-20).join('\n')}`);
}

export async function startStack({ fromNothing, ...options }: StackOptions): Promise<{ playground: Playground; close(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dab-flow-'));
  const removed = () => rm(dataDir, { recursive: true, force: true });
  try {
    if (fromNothing !== true) {
      await fillDataFolder(join(dataDir, 'postgres'));
      if (options.remoteTools === true) await fillDataFolder(join(dataDir, 'tools-postgres'));
    }
    const playground = await startPlayground({ env: environment, page: false, dataDir, clockScale: CLOCK_SCALE, ...options });
    return { playground, close: () => playground.close().finally(removed) };
  } catch (error) {
    await removed();
    throw error;
  }
}

/** Links somebody by `/dab connect`, whose sign-in pages are walked through. */
export async function linked({ slack, databricks }: Playground, name: 'ana' | 'ben' | 'cy' | 'dee'): Promise<Person> {
  const person = slack.as(name);
  const email = `${name}@acme.example`;
  const asked = await privately(person, () => person.command(CHANNEL, '/dab connect'));
  await connectAs(databricks, buttonsOf(asked).connect?.url ?? '', email);
  await person.waitFor(() => person.ephemerals(CHANNEL).some((said) => textOf(said).includes(`You are connected as ${email}`)), STEP_MS);
  return person;
}

/** Lets nobody read a source until what it returns is called, or the test ends. */
export function holdSources({ databricks }: Playground): () => void {
  const gate = Promise.withResolvers<void>();
  const off = databricks.faults.on('GET /api/2.0/workspace/export', { until: gate.promise });
  const release = () => {
    off();
    gate.resolve();
  };
  onTestFinished(release);
  return release;
}

/** Lets no run come to its end until what it returns is called, or the test ends: then each has taken 20 seconds. */
export function holdRuns({ databricks: { workspace } }: Playground): () => void {
  const usual = workspace.runMs;
  workspace.runMs = 86_400_000;
  const release = () => {
    workspace.runMs = usual;
    for (const [id, run] of workspace.runs)
      if (run.endTime > workspace.now()) workspace.runs.set(id, { ...run, endTime: run.startTime + 20_000 });
  };
  onTestFinished(release);
  return release;
}

/** The CLI that `npm run setup:cli` has prepared, if there is one; says loudly where there is none. */
export async function findCli(): Promise<CliStatus> {
  const locator = createCliLocator({ ...loadCliConfig(), allowSetup: false, log: createLogger({ level: 'silent' }) });
  await locator.ready();
  const status = locator.status();
  if (status.state !== 'ready')
    console.warn(`*** No Databricks CLI: flows that deploy are skipped. ${'next' in status ? status.next : ''}`);
  return status;
}

// Carries out one command of the converter once its login is known: definitions from disk or what was read, each converted, proven, deployed.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Diagnostic } from '../bundle/model/bundle.ts';
import { loadCliConfig } from '../config/load.ts';
import { type BundleWish, loadMaking } from '../conversion/make-bundle.ts';
import type { WholeSubject } from '../conversion/subject.ts';
import type { Workspace } from '../databricks/workspace.ts';
import { type Cli, createCli } from '../deployment/cli/open-bundle.ts';
import { createCliLocator } from '../deployment/install/locate.ts';
import type { Refusal } from '../deployment/policy/refusals.ts';
import { systemClock } from '../values/clock.ts';
import { ConfigError, UserError } from '../values/errors.ts';
import { createLogger, type Logger } from '../values/log.ts';
import type { TokenSource } from '../values/patience.ts';
import { type Converted, convert } from './convert.ts';
import { readDefinitions, readTree } from './disk.ts';
import { diskSources, stubSources } from './offline.ts';
import type { Options } from './options.ts';
import type { Show } from './read-subject.ts';

/** Where the job and the CLI's answers come from, as whoever started the command. */
export interface SignedIn {
  readonly login: { readonly host: string; readonly token: TokenSource };
  readonly workspace: Workspace;
  /** Of the configuration: where production is deployed to. */
  readonly teamFolder?: string | undefined;
}

interface CommandInput {
  readonly options: Options;
  /** Absent without DATABRICKS_HOST. */
  readonly signedIn: SignedIn | undefined;
  /** Of the configuration: where development copies write. */
  readonly devData?: BundleWish['devData'];
  /** What is read of the workspace, absent where definitions come from disk. */
  readonly reading: Promise<WholeSubject> | undefined;
  readonly show: Show;
  /** Says one line of the answer. */
  readonly say: (line: string) => void;
}

interface Command extends Omit<CommandInput, 'reading'> {
  readonly cli: Cli;
  /** Whoever the login belongs to. */
  readonly userName: Promise<string>;
  readonly log: Logger;
}

/** Answers the exit code. */
export async function carryOut({ reading, ...input }: CommandInput): Promise<number> {
  const { options } = input;
  const log = createLogger({ level: 'silent' });
  const locator = createCliLocator({ ...loadCliConfig(), allowSetup: false, log });
  if (options.proof || options.deploy !== undefined) locator.start();
  const cli = createCli({ locator, scratchDir: join(tmpdir(), 'dab-convert'), clock: systemClock, log });
  const userName = input.signedIn === undefined ? Promise.resolve('you') : input.signedIn.workspace.me().then((me) => me.userName);
  // Asked and loaded while the sources are on their way, since the bundle waits for both. What fails of it is told where it is waited for: what
  // reading says of a workspace that does not answer comes first.
  Promise.all([userName, loadMaking()]).catch(() => undefined);
  const command: Command = { ...input, cli, userName, log };
  if ('file' in options.from) return await fromDisk(options.from.file, command);
  if (reading === undefined) throw new ConfigError(['DATABRICKS_HOST and DATABRICKS_TOKEN say which workspace the job is read from']);
  return (await one('', await reading, options.out, command)) ? 0 : 1;
}

/** Definitions from disk, a bundle each; below `out` by name where there are several. */
async function fromDisk(path: string, command: Command): Promise<number> {
  const { options, say } = command;
  const { found, refused, several } = readDefinitions(path);
  for (const { name, problem } of refused) say(`✗ ${name}: ${problem}`);
  const files = options.sources === undefined ? undefined : readTree(options.sources);
  let ok = refused.length === 0;
  for (const { name, definition } of found) {
    const collected = files === undefined ? stubSources(definition) : await diskSources(definition, files);
    const out = several ? join(options.out, name) : options.out;
    const done = await one(name, { definition, ...collected }, out, command).catch((error: unknown) => {
      if (!(error instanceof UserError) || !several) throw error;
      say(`✗ ${name}: ${error.message}`);
      return false;
    });
    ok &&= done;
  }
  return ok ? 0 : 1;
}

/** No rows are kept here; and nobody has seen what taking the original over would change unless they ask for it (--adopt). */
const NOTHING_KNOWN = {
  places: { ofProduction: async () => undefined, at: async () => undefined },
  mayTakeOver: async () => false,
};

/** Converts, says what came of it, and deploys where that was asked for. Answers whether everything is as it was. */
async function one(name: string, subject: WholeSubject, out: string, command: Command): Promise<boolean> {
  const { options, signedIn, cli, show, say } = command;
  const login = options.proof && signedIn !== undefined && (await cli.missing()) === undefined ? signedIn.login : undefined;
  const resolve =
    login &&
    (async ({ files }: Bundle, target: string) => {
      show('Comparing with what the CLI resolves');
      return await cli.open({ files, ...login }, async (open) => ({
        ...(await open.validate(target)),
        version: open.version,
      }));
    });
  const userName = await command.userName;
  const placing =
    signedIn === undefined || 'file' in options.from ? undefined : { ...NOTHING_KNOWN, userName, teamFolder: signedIn.teamFolder };
  const converted = await convert(subject, out, options, {
    host: signedIn?.login.host ?? '',
    userName,
    placing,
    schemas: placing && signedIn && { userName, isSchemaThere: signedIn.workspace.isSchemaThere },
    resolve,
    understands: cli.understands,
    devData: command.devData,
  });
  for (const diagnostic of converted.diagnostics) say(sentence(diagnostic));
  for (const { place, was, is, why } of converted.lost)
    say(`lost: ${place}: ${why ?? `${text(was)} in the job, ${text(is)} in the bundle`}`);
  const mark = converted.ok ? '✓' : '✗';
  say(`${mark} ${name === '' ? converted.bundle.name : name}: ${converted.line}`);
  if (options.deploy === undefined || !converted.ok) return converted.ok;
  return await deployed(converted, options.deploy, command);
}

/** What somebody at a keyboard can do about it. */
const NEXT: Record<Refusal['why'], string> = {
  'not allowed': 'Correct the job, then convert it again.',
  secrets: 'Replace them (a secret scope and {{secrets/scope/key}} in the job, dbutils.secrets.get in code), then convert again.',
  owned: 'Unbind it there with the Databricks CLI (bundle deployment unbind), or convert without --adopt for a copy.',
  beside: 'Convert with --adopt to take the original over, or pause it first; then deploy again.',
  place: 'Have it deployed by somebody who may, or get that permission; then deploy again.',
  'takes away': 'Give the bundle another name in databricks.yml; if this is really wanted, deploy it with the Databricks CLI yourself.',
  'left behind': 'Look at that job in the workspace, and delete it if nobody needs it; then deploy again.',
  'in the way': 'Look at it in the workspace, and delete or rename it if nobody needs it; then deploy again.',
  loses: 'Deploy with a newer Databricks CLI (DATABRICKS_CLI_PATH), or take out of the bundle what none can say.',
  changed: 'Deploy again: the plan is then made of what is there now.',
};

async function deployed({ bundle }: Converted, target: string, { signedIn, cli, log, show, say }: Command): Promise<boolean> {
  if (signedIn === undefined) throw new ConfigError(['DATABRICKS_HOST and DATABRICKS_TOKEN say which workspace to deploy to']);
  // Loaded here, since most conversions deploy nothing.
  const { createDirectDeployer } = await import('../deployment/execute/deploy-directly.ts');
  const result = await createDirectDeployer({ cli, ...signedIn, clock: systemClock, log }).deploy(bundle, target, show);
  if (result.kind === 'refused') {
    const { why, words } = result.refusal;
    throw new UserError({ doing: `Deploying to ${target}`, problem: words.problem, next: NEXT[why] });
  }
  const { jobs, differences, warnings } = result;
  for (const warning of warnings) say(`warning: ${warning}`);
  for (const { resource, place, was, is } of differences)
    say(`✗ deployed ${resource} ${place}: ${text(was)} in the bundle, ${text(is)} in the workspace`);
  if (differences.length === 0) say(`✓ deployed to ${target}, equal to the bundle: ${jobs.join(' ')}`);
  return differences.length === 0;
}

function sentence({ level, place, message }: Diagnostic): string {
  return `${level}: ${place === '' ? '' : `${place}: `}${message}`;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)) ?? 'nothing';
}

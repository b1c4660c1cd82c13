// Carries out one command of the converter once its login is known: definitions from disk or what was read, each converted, proven, deployed.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSecrets } from '../analysis/secrets/find.ts';
import type { Diagnostic } from '../bundle/model/bundle.ts';
import { loadCliConfig } from '../config/load.ts';
import type { Read, Show } from '../conversion/read-job.ts';
import type { Workspace } from '../databricks/workspace.ts';
import { type Cli, createCli } from '../deployment/cli/open-bundle.ts';
import { deploy } from '../deployment/execute/deploy-directly.ts';
import { createCliLocator } from '../deployment/install/locate.ts';
import { ConfigError, UserError } from '../values/errors.ts';
import { createLogger } from '../values/log.ts';
import { type Converted, convert, type Login } from './convert.ts';
import { readDefinitions, readTree } from './disk.ts';
import { diskSources, stubSources } from './offline.ts';
import type { Options } from './options.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Where the job and the CLI's answers come from; absent without DATABRICKS_HOST. */
export interface Place {
  readonly login: Login;
  readonly workspace: Workspace;
}

/** Carries out a command: `read` is what the workspace answers, absent where definitions come from disk. Answers the exit code. */
export async function run(options: Options, place: Place | undefined, read: Promise<Read> | undefined, show: Show): Promise<number> {
  const log = createLogger({ level: 'silent' });
  const locator = createCliLocator({ ...loadCliConfig(), allowSetup: false, log });
  if (place !== undefined && (options.proof || options.deploy !== undefined)) locator.start();
  const command: Command = { options, place, cli: createCli({ locator, scratchDir: join(tmpdir(), 'dab-convert'), log }), show };
  if ('file' in options.from) return await fromDisk(options.from.file, command);
  if (read === undefined) throw new ConfigError(['DATABRICKS_HOST and DATABRICKS_TOKEN say which workspace the job is read from']);
  return (await one('', await read, options.out, command)) ? 0 : 1;
}

interface Command {
  readonly options: Options;
  readonly place: Place | undefined;
  readonly cli: Cli;
  readonly show: Show;
}

/** Definitions from disk, a bundle each; below `out` by name where there are several. */
async function fromDisk(path: string, command: Command): Promise<number> {
  const { options } = command;
  const { found, refused, several } = readDefinitions(path);
  for (const { name, problem } of refused) say(`✗ ${name}: ${problem}`);
  const files = options.sources === undefined ? undefined : readTree(options.sources);
  let ok = refused.length === 0;
  for (const { name, definition } of found) {
    const collected = files === undefined ? stubSources(definition) : await diskSources(definition, files);
    const out = several ? join(options.out, name) : options.out;
    const read: Read = { definition, ...collected };
    const done = await one(name, read, out, command).catch((error: unknown) => {
      if (!(error instanceof UserError) || !several) throw error;
      say(`✗ ${name}: ${error.message}`);
      return false;
    });
    ok &&= done;
  }
  return ok ? 0 : 1;
}

/** Converts, says what came of it, deploys where asked; whether everything is as it was. */
async function one(name: string, read: Read, out: string, command: Command): Promise<boolean> {
  const { options, place, cli, show } = command;
  const online = place !== undefined && (await cli.missing()) === undefined;
  const resolve = async (bundle: Converted['bundle'], target: string) => {
    show('Comparing with what the CLI resolves');
    return await cli.open({ files: bundle.files, ...login(place) }, (open) => open.validate(target));
  };
  const userName = online || place === undefined ? 'you' : (await place.workspace.me()).userName;
  const converted = await convert({ findSecrets, ...(online && { resolve }) }, options, {
    ...read,
    host: place?.login.host ?? '',
    userName,
    out,
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  for (const diagnostic of converted.diagnostics) say(sentence(diagnostic));
  say(
    `${converted.ok ? '✓' : '✗'} ${name === '' ? converted.bundle.name : name}: ${converted.line}${online || !options.proof ? '' : ' (resolved without the CLI)'}`,
  );
  if (options.deploy === undefined || !converted.ok) return converted.ok;
  return await deployed(converted, options.deploy, command);
}

async function deployed(converted: Converted, target: string, { place, cli, show }: Command): Promise<boolean> {
  if (place === undefined) throw new ConfigError(['DATABRICKS_HOST and DATABRICKS_TOKEN say which workspace to deploy to']);
  const { jobs, differences, warnings } = await deploy(cli, place.workspace, converted.bundle, place.login, target, show);
  for (const warning of warnings) say(`warning: ${warning}`);
  for (const { resource, place: at, was, is } of differences)
    say(`✗ deployed ${resource} ${at}: ${text(was)} in the bundle, ${text(is)} in the workspace`);
  if (differences.length === 0) say(`✓ deployed to ${target}, equal to the bundle: ${jobs.join(' ')}`);
  return differences.length === 0;
}

function login(place: Place | undefined): Login {
  if (place === undefined) throw new Error('there is no workspace to resolve against');
  return place.login;
}

function sentence({ level, place, message }: Diagnostic): string {
  return `${level}: ${place === '' ? '' : `${place}: `}${message}`;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)) ?? 'nothing';
}

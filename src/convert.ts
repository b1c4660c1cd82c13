// `npm run convert`: job definitions (from a workspace or from disk) become bundles with a proof; no Slack and no Claude.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSecrets } from './analysis/secrets.ts';
import type { Diagnostic } from './bundle/bundle.ts';
import { environment, loadLogin } from './config.ts';
import { type Converted, convert, type Login } from './convert/convert.ts';
import { deploy } from './convert/deploy.ts';
import { readDefinitions, readTree } from './convert/disk.ts';
import { diskSources, stubSources } from './convert/offline.ts';
import { type Options, parseOptions, USAGE } from './convert/options.ts';
import { type Read, readFolderWhole, readJobWhole } from './convert/read.ts';
import { createWorkspace, type Workspace } from './databricks/client.ts';
import { type Cli, createCli } from './deployment/cli.ts';
import { createCliLocator } from './deployment/locate.ts';
import { cliSettings } from './deployment/settings.ts';
import { ConfigError, UserError } from './errors.ts';
import { createLogger } from './log.ts';

const log = createLogger({ level: 'silent' });
const say = (line: string) => void process.stdout.write(`${line}\n`);
/** Progress goes to stderr, one line that is written over where somebody watches. */
const show = (line: string) => void process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);

/** Where the job and the CLI's answers come from; absent without DATABRICKS_HOST. */
interface Place {
  readonly login: Login;
  readonly workspace: Workspace;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  const { host, token } = loadLogin();
  const place =
    host === undefined || token === undefined
      ? undefined
      : { login: { host, token }, workspace: createWorkspace({ host, token: async () => token, log }) };
  const locator = createCliLocator({ ...cliSettings(environment), allowSetup: false, log });
  if (place !== undefined && (options.proof || options.deploy !== undefined)) locator.start();
  const cli = createCli({ locator, scratchDir: join(tmpdir(), 'dab-convert'), log });
  const { from } = options;
  if ('file' in from) return await fromDisk(from.file, options, place, cli);
  if (place === undefined) throw new ConfigError(['DATABRICKS_HOST and DATABRICKS_TOKEN say which workspace the job is read from']);
  const read =
    'job' in from
      ? await readJobWhole(place.workspace, from.job, options, show)
      : await readFolderWhole(place.workspace, from.folder, show);
  return (await one('', read, options.out, options, place, cli)) ? 0 : 1;
}

/** Definitions from disk, a bundle each; below `out` by name where there are several. */
async function fromDisk(path: string, options: Options, place: Place | undefined, cli: Cli): Promise<number> {
  const { found, refused, several } = readDefinitions(path);
  for (const { name, problem } of refused) say(`✗ ${name}: ${problem}`);
  const files = options.sources === undefined ? undefined : readTree(options.sources);
  let ok = refused.length === 0;
  for (const { name, definition } of found) {
    const collected = files === undefined ? stubSources(definition) : await diskSources(definition, files);
    const out = several ? join(options.out, name) : options.out;
    const read: Read = { definition, ...collected };
    const done = await one(name, read, out, options, place, cli).catch((error: unknown) => {
      if (!(error instanceof UserError) || !several) throw error;
      say(`✗ ${name}: ${error.message}`);
      return false;
    });
    ok &&= done;
  }
  return ok ? 0 : 1;
}

/** Converts, says what came of it, deploys where asked; whether everything is as it was. */
async function one(name: string, read: Read, out: string, options: Options, place: Place | undefined, cli: Cli): Promise<boolean> {
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
  return await deployed(converted, options.deploy, place, cli);
}

async function deployed(converted: Converted, target: string, place: Place | undefined, cli: Cli): Promise<boolean> {
  if (place === undefined) throw new ConfigError(['DATABRICKS_HOST and DATABRICKS_TOKEN say which workspace to deploy to']);
  const { jobs, differences } = await deploy(cli, place.workspace, converted.bundle, place.login, target, show);
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

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.problems.map((problem) => `convert: ${problem}`).join('\n')}\n\n${USAGE}`);
    process.exitCode = 2;
  } else if (error instanceof UserError) {
    process.stderr.write(`convert: ${error.message}\n`);
    process.exitCode = 1;
  } else throw error;
}

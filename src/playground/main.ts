// `npm run playground`: the main job in a browser with no account anywhere; `--play` plays it in the terminal.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { exit, stderr, stdout } from 'node:process';
import { parseArgs, promisify } from 'node:util';
import { environment as env } from '../config/environment.ts';
import { loadPlaygroundConfig } from '../config/load.ts';
import { watchParent } from './parent.ts';
import type { Playground } from './start.ts';

const USAGE = `npm run playground -- [--jobs DIR] [--port N] [--real claude] [--real databricks] [--remote-tools] [--play [--out DIR]]

  --jobs DIR         a folder of jobs/get bodies in place of the demo workspace's jobs
  --port N           port of the page, 1024 to 65535 (default: any free one)
  --real claude      the real Claude, with ANTHROPIC_API_KEY
  --real databricks  a real workspace, with DATABRICKS_HOST and DATABRICKS_TOKEN; ana is that token's identity
  --remote-tools     the tools on a server of their own, as MCP_REMOTE_URL has it
  --play             no page: plays the conversation for every job; exit 0 only if all were deployed and equal their bundles
  --out DIR          with --play: keeps threads and zips there`;

const SETUP_CLI = resolve(import.meta.dirname, '..', 'bin', 'setup-cli.ts');

function fail(message: string): never {
  stderr.write(`${message}\n`);
  exit(1);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        jobs: { type: 'string' },
        port: { type: 'string' },
        real: { type: 'string', multiple: true, default: [] },
        'remote-tools': { type: 'boolean', default: false },
        play: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function readVariables() {
  try {
    return loadPlaygroundConfig();
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function realOnes(names: readonly string[]) {
  if (names.length === 0) return {};
  const config = readVariables();
  const need = (name: keyof typeof config) => config[name] ?? fail(`--real needs the variable ${name}.`);
  const unknown = names.find((name) => name !== 'claude' && name !== 'databricks');
  if (unknown !== undefined) fail(`--real takes claude or databricks, not ${unknown}.\n\n${USAGE}`);
  return {
    ...(names.includes('claude') ? { claude: { apiKey: need('ANTHROPIC_API_KEY') } } : {}),
    ...(names.includes('databricks') ? { databricks: { host: need('DATABRICKS_HOST'), token: need('DATABRICKS_TOKEN') } } : {}),
  };
}

const say = (line: string) => void stdout.write(`${line}\n`);

/** Ports from 1024 on that browsers and fetch refuse to open (https://fetch.spec.whatwg.org/#port-blocking). */
const BLOCKED_PORTS = [1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080];

function readPort(text: string): number {
  const port = /^\d{4,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1024 && port <= 65535)) return fail(`--port takes a number from 1024 to 65535, not ${text}.`);
  return BLOCKED_PORTS.includes(port) ? fail(`Browsers refuse to open port ${port}. Choose another one with --port.`) : port;
}

/** Why it did not start, in one sentence where a person can do something about it. */
function startProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken by another program. Choose another one with --port, or leave it out for a free one.`;
  return `The playground did not start: ${error instanceof Error ? error.message : error}`;
}

/** The CLI for the check of what was deployed: the same one that the bot finds. */
async function findCli(): Promise<string | undefined> {
  const run = promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', SETUP_CLI, '--optional'], { env });
  return run.then(
    ({ stdout: words }) => /^Databricks CLI [\d.]+: (.+)$/m.exec(words)?.[1],
    () => undefined,
  );
}

async function play(playground: Playground, outDir: string | undefined): Promise<boolean> {
  const { playJob } = await import('./play.ts');
  const cli = await findCli();
  const jobs = [...playground.databricks.workspace.jobs.values()].map((job) => ({
    jobId: job.jobId,
    name: String(job.settings.name ?? ''),
  }));
  const lines: string[] = [];
  let ok = jobs.length > 0;
  for (const job of jobs) {
    const played = await playJob(playground, job, cli, outDir);
    ok &&= played.ok;
    stdout.write(`\n--- job ${job.jobId} · ${job.name}\n${played.thread}\n`);
    lines.push(`${played.ok ? 'ok  ' : 'FAIL'} job ${job.jobId} · ${job.name}: ${played.summary}`);
  }
  stdout.write(
    `\n${lines.join('\n')}\n${lines.filter((line) => line.startsWith('ok')).length} of ${lines.length} jobs deployed and equal to their bundles\n`,
  );
  return ok;
}

const args = readArguments();
if (args.help) {
  stdout.write(`${USAGE}\n`);
  exit(0);
}
if (args.play && args.real.includes('databricks'))
  fail('--play plays every job of a workspace, so it takes stand-in jobs (--jobs DIR), not a real workspace.');
if (args.jobs !== undefined && !statSync(args.jobs, { throwIfNoEntry: false })?.isDirectory())
  fail(`--jobs: there is no folder ${args.jobs}.`);

let started: Playground | undefined;
let closing = false;
/** Ends at once while it starts: the programs that it started end with it. */
const end = async (code: number) => {
  if (closing) return;
  closing = true;
  await started?.close();
  exit(code);
};
process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));
watchParent(() => {
  stderr.write('Whoever started the playground has gone, so it ends.\n');
  void end(0);
});

const port = args.port === undefined ? undefined : readPort(args.port);
say('DAB Bot playground: loading …');
// Loaded after the first line is said: the stand-ins and their libraries take a while to load.
const { startPlayground } = await import('./start.ts');
const playground = await startPlayground({
  env,
  jobsDir: args.jobs,
  real: realOnes(args.real),
  page: !args.play,
  remoteTools: args['remote-tools'],
  say,
  ...(port === undefined ? {} : { port }),
}).catch((error: unknown) => fail(startProblem(error)));

started = playground;
playground.onCrash((log) => fail(`The bot ended unexpectedly. The end of its log:\n${log.split('\n').slice(-20).join('\n')}`));
if (args.play) await end((await play(playground, args.out)) ? 0 : 1);
else stdout.write(`\nThe playground is at\n\n  ${playground.slack.pageUrl}\n\nType /dab job 123 there. Ctrl-C ends it.\n`);

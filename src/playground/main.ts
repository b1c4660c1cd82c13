// `npm run playground`: the main job in a browser with no account anywhere; `--play` plays it in the terminal.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { exit, stderr, stdout } from 'node:process';
import { parseArgs, promisify } from 'node:util';
import { environment as env } from '../config/environment.ts';
import { loadPlaygroundConfig } from '../config/load.ts';
import { playJob } from './play.ts';
import { type Playground, startPlayground } from './start.ts';

const USAGE = `npm run playground -- [--jobs DIR] [--port N] [--real claude] [--real databricks] [--remote-tools] [--play [--out DIR]]

  --jobs DIR         a folder of jobs/get bodies in place of the demo workspace's jobs
  --port N           port of the page (default: any free one)
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
    ...(names.includes('claude') && { claude: { apiKey: need('ANTHROPIC_API_KEY') } }),
    ...(names.includes('databricks') && { databricks: { host: need('DATABRICKS_HOST'), token: need('DATABRICKS_TOKEN') } }),
  };
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

const playground = await startPlayground({
  env,
  jobsDir: args.jobs,
  real: realOnes(args.real),
  page: !args.play,
  remoteTools: args['remote-tools'],
  ...(args.port !== undefined && { port: Number(args.port) }),
}).catch((error: unknown) => fail(`The playground did not start: ${error instanceof Error ? error.message : error}`));

playground.onCrash((log) => fail(`The bot ended unexpectedly. The end of its log:\n${log.split('\n').slice(-20).join('\n')}`));
let closing = false;
const end = async (code: number) => {
  if (closing) return;
  closing = true;
  await playground.close();
  exit(code);
};
process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));

if (args.play) await end((await play(playground, args.out)) ? 0 : 1);
else stdout.write(`\nThe playground is at\n\n  ${playground.slack.pageUrl}\n\nType /dab job 123 there. Ctrl-C ends it.\n`);

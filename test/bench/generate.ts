// A job of 100 notebooks at 50 ms a call: our whole command beside `databricks bundle generate job`, in pairs, on one stand-in of the workspace.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import { loadCliConfig } from '../../src/config/load.ts';
import { createCliLocator } from '../../src/deployment/install/locate.ts';
import { freePort } from '../../src/playground/child.ts';
import { addJob } from '../../src/playground/databricks/seed/load.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createLogger } from '../../src/values/log.ts';
import { job } from '../bundle/fixtures.ts';

const NOTEBOOKS = 100;
const LATENCY_MS = 50;
const PAIRS = 10;
const ROOT = join(import.meta.dirname, '..', '..');
const ANA = 'ana@acme.example';
/** The export's path in both spellings of a logged request. */
const EXPORT = /^\/api\/2\.0\/workspace\/export/;

/** A workspace that holds the job. */
interface FarSide {
  readonly name: string;
  readonly host: string;
  readonly token: string;
  readonly jobId: string;
  /** When each export so far was asked for, in milliseconds. */
  readonly exports: () => number[];
  readonly close: () => unknown;
}

export async function run(): Promise<void> {
  const cli = await createCliLocator({ ...loadCliConfig(), log: createLogger({ level: 'silent' }), allowSetup: false }).ready();
  if (cli === undefined) throw new Error('There is no Databricks CLI to compare with. Run: npm run setup:cli');
  const scratch = mkdtempSync(join(tmpdir(), 'dab-bench-'));
  const { JUDGE_PATH: judge } = process.env;
  const farSide = judge === undefined ? await startStandIn() : await startJudge(judge, scratch);
  try {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? scratch,
      DATABRICKS_HOST: farSide.host,
      DATABRICKS_TOKEN: farSide.token,
      DATABRICKS_CONFIG_FILE: '/dev/null',
      DATABRICKS_AUTH_TYPE: 'pat',
      DATABRICKS_CLI_PATH: cli,
    };
    let n = 0;
    const theirs = async () => {
      const folder = join(scratch, `cli-${n++}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'databricks.yml'), 'bundle:\n  name: hundred\ninclude:\n  - resources/*.yml\n');
      return await timed(cli, ['bundle', 'generate', 'job', '--existing-job-id', farSide.jobId, '--key', 'hundred'], folder, env);
    };
    let most = 0;
    /** Each command's exports are counted apart: the pace is kept within a process. */
    const ours = async (...more: string[]) => {
      const from = farSide.exports().length;
      const command = ['run', '--silent', 'convert', '--', '--job', farSide.jobId, '--out', join(scratch, `ours-${n++}`), ...more];
      const time = await timed('npm', command, ROOT, env);
      most = Math.max(most, busiestSecond(farSide.exports().slice(from)));
      return time;
    };

    const pairs: { cli: number; noProof: number; proof: number }[] = [];
    for (let pair = 0; pair < PAIRS; pair++) pairs.push({ cli: await theirs(), noProof: await ours('--no-proof'), proof: await ours() });
    const row = (name: string, which: 'cli' | 'noProof' | 'proof', limit?: number) => {
      const ratio = median(pairs.map((pair) => pair[which] / pair.cli));
      const verdict = limit === undefined ? '' : `  (at most ${limit.toFixed(2)}: ${ratio <= limit ? 'ok' : 'MISSED'})`;
      const seconds = median(pairs.map((pair) => pair[which]));
      console.log(`${name.padEnd(34)} ${seconds.toFixed(2).padStart(6)} s  ${ratio.toFixed(3)} of the CLI${verdict}`);
    };
    console.log(`${NOTEBOOKS} notebooks on ${farSide.name}, ${LATENCY_MS} ms a call, median of ${PAIRS} pairs`);
    row('databricks bundle generate job', 'cli');
    row('npm run convert -- --no-proof', 'noProof', 0.2);
    row('npm run convert', 'proof', 0.25);
    console.log(`most exports of ours in any second: ${most} (at most 60: ${most <= 60 ? 'ok' : 'MISSED'})`);
    pure();
  } finally {
    await farSide.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

const tasksBelow = (home: string) =>
  Array.from({ length: NOTEBOOKS }, (_, i) => ({
    task_key: `t${i}`,
    notebook_task: { notebook_path: `${home}/hundred/n${i}`, source: 'WORKSPACE' },
  }));

async function startStandIn(): Promise<FarSide> {
  const standIn = await createDatabricksStandIn({ latencyMs: LATENCY_MS });
  const tasks = tasksBelow(`/Workspace/Users/${ANA}`);
  addJob(standIn.workspace, { job_id: 4242, creator_user_name: ANA, run_as_user_name: ANA, settings: { name: 'Hundred', tasks } });
  const exports = () => standIn.requests.filter(({ path }) => EXPORT.test(path)).map(({ at }) => at);
  return { name: 'our stand-in', host: standIn.url, token: standIn.tokenFor(ANA), jobId: '4242', exports, close: standIn.close };
}

/** The CLI's own fake workspace, which somebody else wrote. */
async function startJudge(program: string, scratch: string): Promise<FarSide> {
  const port = await freePort();
  const log = join(scratch, 'requests.jsonl');
  const judge = spawn(program, ['-addr', `127.0.0.1:${port}`, '-latency', `${LATENCY_MS}ms`, '-log', log], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve, reject) => judge.once('error', reject).stdout.once('data', resolve));
  const host = `http://127.0.0.1:${port}`;
  const token = 'dbapi0bench';
  const post = async (path: string, body: unknown): Promise<string> => {
    // It says that it is there just before it is.
    const answer = await again(() =>
      fetch(`${host}${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body) }),
    );
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return await answer.text();
  };
  const home = '/Workspace/Users/tester@databricks.com';
  const tasks = tasksBelow(home);
  await post('/api/2.0/workspace/mkdirs', { path: `${home}/hundred` });
  const content = Buffer.from('# Databricks notebook source\nprint(1)\n').toString('base64');
  const notebook = { content, format: 'SOURCE', language: 'PYTHON', overwrite: true };
  await Promise.all(tasks.map((task) => post('/api/2.0/workspace/import', { path: task.notebook_task.notebook_path, ...notebook })));
  const jobId = /\d+/.exec(await post('/api/2.2/jobs/create', { name: 'Hundred', tasks }))?.[0] ?? '';
  const exports = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('/workspace/export'))
      .map((line) => Number(/"at":(\d+)/.exec(line)?.[1]));
  return { name: 'the judge', host, token, jobId, exports, close: () => judge.kill() };
}

async function again<T>(call: () => Promise<T>): Promise<T> {
  for (let left = 50; ; left--) {
    try {
      return await call();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The pure part alone: a definition of 1,000 tasks. */
function pure(): void {
  const tasks = Array.from({ length: 1000 }, (_, i) => ({
    task_key: `t${i}`,
    notebook_task: { notebook_path: `/Workspace/Users/${ANA}/thousand/n${i}`, base_parameters: { catalog: 'main', day: '2026-01-01' } },
    ...(i > 0 && { depends_on: [{ task_key: `t${i - 1}` }] }),
    max_retries: 2,
  }));
  const definition = job({ name: 'Thousand', tasks });
  const sources = tasks.map(({ notebook_task: { notebook_path: path } }) => ({
    path,
    kind: 'notebook' as const,
    language: 'PYTHON' as const,
    format: 'SOURCE' as const,
    bytes: Buffer.from(`# Databricks notebook source\nprint("${path}")\n`),
  }));
  const runs = Array.from({ length: 7 }, () => {
    const started = performance.now();
    generateBundle({ definition, sources, host: 'https://acme.example' });
    return performance.now() - started;
  });
  console.log(
    `1,000 tasks, pure part: ${median(runs).toFixed(0)} ms, first ${(runs[0] ?? 0).toFixed(0)} ms (under 100: ${median(runs) < 100 ? 'ok' : 'MISSED'})`,
  );
}

async function timed(command: string, args: readonly string[], cwd: string, env: Record<string, string>): Promise<number> {
  const started = performance.now();
  const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 4).join(' ')} ended with ${code}:\n${said}`);
  return (performance.now() - started) / 1000;
}

/** The most of these moments (ms) that lie in any window of one second. */
function busiestSecond(moments: readonly number[]): number {
  const sorted = [...moments].sort((a, b) => a - b);
  return sorted.reduce((most, at, i) => Math.max(most, i + 1 - sorted.findIndex((other) => other > at - 1000)), 0);
}

function median(list: readonly number[] | undefined): number {
  return [...(list ?? [])].sort((a, b) => a - b)[Math.floor((list?.length ?? 0) / 2)] ?? Number.NaN;
}

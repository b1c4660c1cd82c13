// A job of 100 notebooks at 50 ms a call: our whole command beside `databricks bundle generate job`, on one stand-in, in one run.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import { loadCliConfig } from '../../src/config/load.ts';
import { createCliLocator } from '../../src/deployment/install/locate.ts';
import { addJob } from '../../src/playground/databricks/seed/load.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createLogger } from '../../src/values/log.ts';
import { job } from '../bundle/fixtures.ts';

const NOTEBOOKS = 100;
const LATENCY_MS = 50;
const ROUNDS = 3;
const ROOT = join(import.meta.dirname, '..', '..');
const ANA = 'ana@acme.example';

export async function run(): Promise<void> {
  const cli = await createCliLocator({ ...loadCliConfig(), log: createLogger({ level: 'silent' }), allowSetup: false }).ready();
  if (cli === undefined) throw new Error('There is no Databricks CLI to compare with. Run: npm run setup:cli');
  const standIn = await createDatabricksStandIn({ latencyMs: LATENCY_MS });
  const scratch = mkdtempSync(join(tmpdir(), 'dab-bench-'));
  try {
    const tasks = Array.from({ length: NOTEBOOKS }, (_, i) => ({
      task_key: `t${i}`,
      notebook_task: { notebook_path: `/Workspace/Users/${ANA}/hundred/n${i}`, source: 'WORKSPACE' },
    }));
    addJob(standIn.workspace, { job_id: 4242, creator_user_name: ANA, run_as_user_name: ANA, settings: { name: 'Hundred', tasks } });
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? scratch,
      DATABRICKS_HOST: standIn.url,
      DATABRICKS_TOKEN: standIn.tokenFor(ANA),
      DATABRICKS_CONFIG_FILE: '/dev/null',
      DATABRICKS_AUTH_TYPE: 'pat',
      DATABRICKS_CLI_PATH: cli,
    };
    let n = 0;
    const theirs = async () => {
      const folder = join(scratch, `cli-${n++}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'databricks.yml'), 'bundle:\n  name: hundred\ninclude:\n  - resources/*.yml\n');
      return await timed(cli, ['bundle', 'generate', 'job', '--existing-job-id', '4242', '--key', 'hundred'], folder, env);
    };
    const ours = async (...more: string[]) =>
      await timed('npm', ['run', '--silent', 'convert', '--', '--job', '4242', '--out', join(scratch, `ours-${n++}`), ...more], ROOT, env);

    const times: Record<string, number[]> = { cli: [], 'no-proof': [], proof: [] };
    let most = 0;
    /** Each command's exports are counted apart: the pace is kept within a process. */
    const counted = async (...more: string[]) => {
      const from = standIn.requests.length;
      const time = await ours(...more);
      const exports = standIn.requests.slice(from).filter(({ path }) => path.startsWith('/api/2.0/workspace/export'));
      most = Math.max(most, busiestSecond(exports.map(({ at }) => at)));
      return time;
    };
    for (let round = 0; round < ROUNDS; round++) {
      times.cli?.push(await theirs());
      times['no-proof']?.push(await counted('--no-proof'));
      times.proof?.push(await counted());
    }
    const cliTime = median(times.cli);
    const row = (name: string, list: number[] | undefined, limit?: number) => {
      const ratio = median(list) / cliTime;
      const verdict = limit === undefined ? '' : `  (at most ${limit}: ${ratio <= limit ? 'ok' : 'MISSED'})`;
      console.log(`${name.padEnd(34)} ${median(list).toFixed(2).padStart(6)} s  ${ratio.toFixed(3)} of the CLI${verdict}`);
    };
    console.log(`${NOTEBOOKS} notebooks, ${LATENCY_MS} ms a call, median of ${ROUNDS}`);
    row('databricks bundle generate job', times.cli);
    row('npm run convert -- --no-proof', times['no-proof'], 0.2);
    row('npm run convert', times.proof, 0.3);
    console.log(`most exports of ours in any second: ${most} (at most 60: ${most <= 60 ? 'ok' : 'MISSED'})`);
    pure();
  } finally {
    await standIn.close();
    rmSync(scratch, { recursive: true, force: true });
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

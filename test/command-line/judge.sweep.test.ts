// Definitions of a corpus, converted as `npm run convert` does it, deployed by the real CLI and compared by a judge that this project did not write.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CLI } from '../located-cli.ts';
import { sampleOf } from '../sample.ts';

/** JUDGE_DIR holds roundtrip.py, JUDGE_PATH is the CLI's own fake workspace, CORPUS_DIR the definitions. */
const { JUDGE_DIR, JUDGE_PATH, CORPUS_DIR } = process.env;
const judge = JUDGE_DIR === undefined ? undefined : join(JUDGE_DIR, 'roundtrip.py');
const ready = judge !== undefined && existsSync(judge) && JUDGE_PATH !== undefined && CORPUS_DIR !== undefined && CLI !== undefined;
const ROOT = join(import.meta.dirname, '..', '..');
const LONGEST_MS = 45 * 60_000;
/** For one step of one definition; the judge's own two minutes are few on a busy machine. */
const STEP_S = 600;

test.runIf(ready)(
  'the judge finds no difference, no new warning and no source left behind',
  async () => {
    const converter = `${convertCommand()} --job {job_id} --out {out}`;
    const own = ['--jobs', chooseJobs(CORPUS_DIR ?? ''), '--cli', CLI ?? '', '--judge', JUDGE_PATH ?? '', '--timeout', String(STEP_S)];
    const { code, said } = await run('python3', ['-B', judge ?? '', ...own, '--need-sources', '--cwd', ROOT, '--converter', converter]);
    const last = said.trimEnd().split('\n').at(-1) ?? '';
    console.log(last);
    expect([code, last]).toEqual([
      0,
      expect.stringMatching(/^roundtrip converter: ok (\d+) of \1; lost fields 0; changed 0; invented 0; .* warnings 0/),
    ]);
  },
  LONGEST_MS,
);

/** What `npm run convert` runs, without a start of npm for each definition. */
function convertCommand(): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { convert: string } };
  return scripts.convert.replace(/^node /, `${process.execPath} `);
}

/** A folder with the definitions of the sample; grants lie beside it, as in the corpus. */
function chooseJobs(corpus: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dab-judge-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const names = sampleOf(
    readdirSync(join(corpus, 'jobs')).filter((name) => name.endsWith('.json')),
    8,
  );
  for (const kind of ['jobs', 'permissions']) {
    mkdirSync(join(folder, kind));
    for (const name of names) if (existsSync(join(corpus, kind, name))) cpSync(join(corpus, kind, name), join(folder, kind, name));
  }
  return join(folder, 'jobs');
}

function run(command: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  // So that it ends its own children too.
  onTestFinished(() => void child.kill('SIGINT'));
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  return new Promise((resolve, reject) => child.once('error', reject).once('close', (code) => resolve({ code, said })));
}

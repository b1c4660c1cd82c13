// Every definition of a corpus, converted by `npm run convert`, deployed by the real CLI and compared by a judge that this project did not write.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { loadCliConfig } from '../../src/config/load.ts';
import { createCliLocator } from '../../src/deployment/install/locate.ts';
import { createLogger } from '../../src/values/log.ts';

/** JUDGE_DIR holds roundtrip.py, JUDGE_PATH is the CLI's own fake workspace, CORPUS_DIR the definitions. */
const { JUDGE_DIR, JUDGE_PATH, CORPUS_DIR } = environment;
const cli = await createCliLocator({ ...loadCliConfig(), log: createLogger({ level: 'silent' }), allowSetup: false }).ready();
const judge = JUDGE_DIR === undefined ? undefined : join(JUDGE_DIR, 'roundtrip.py');
const ready = judge !== undefined && existsSync(judge) && JUDGE_PATH !== undefined && CORPUS_DIR !== undefined && cli !== undefined;
const ROOT = join(import.meta.dirname, '..', '..');
const LONGEST_MS = 40 * 60_000;

test.runIf(ready)(
  'the judge finds no difference, no new warning and no source left behind',
  async () => {
    const args = ['-B', judge ?? '', '--jobs', join(CORPUS_DIR ?? '', 'jobs'), '--cli', cli ?? '', '--judge', JUDGE_PATH ?? ''].concat([
      '--need-sources',
      '--cwd',
      ROOT,
      '--converter',
      'npm run --silent convert -- --job {job_id} --out {out}',
    ]);
    const { code, said } = await run('python3', args);
    const last = said.trimEnd().split('\n').at(-1) ?? '';
    console.log(last);
    expect([code, last]).toEqual([
      0,
      expect.stringMatching(/^roundtrip converter: ok (\d+) of \1; lost fields 0; changed 0; invented 0; .* warnings 0/),
    ]);
  },
  LONGEST_MS,
);

function run(command: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  return new Promise((resolve, reject) => child.once('error', reject).once('close', (code) => resolve({ code, said })));
}

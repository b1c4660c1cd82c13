// The CLI's requests against our stand-in and against the CLI's own fake workspace: the same requests, statuses and keys of answers.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { freePort } from '../../../src/playground/child.ts';
import { standInTest } from './api.ts';
import { ADOPTING_BUNDLE, SMALL_BUNDLE } from './bundle-fixture.ts';
import { CLI, createBundleFolder, createRecorder, type Exchange } from './cli.ts';

const JUDGE = process.env.JUDGE_PATH;
const MISSING = CLI === undefined || JUDGE === undefined;
if (MISSING) process.stdout.write('SKIPPED: the stand-in against the judge, because DATABRICKS_CLI_PATH or JUDGE_PATH is not set.\n');

/** What the judge answers otherwise than the real service, so that we differ on purpose; each with its reason. */
const ON_PURPOSE: readonly { request: RegExp; judge: number; ours: number }[] = [
  // The judge deletes what isn't there without a word; the real service answers 404, which the CLI ignores (bundle/artifacts/upload.go).
  { request: /^POST .*\/workspace\/delete$/, judge: 200, ours: 404 },
  // The real service answers 400 INVALID_PARAMETER_VALUE "Job N does not exist.": the Go SDK's apierr/error_overrides.go is there for it.
  { request: /^GET .*\/jobs\/get/, judge: 404, ours: 400 },
];

/** The CLI climbs to the first folder that exists while another of its goroutines makes that folder: how far is a race, on both sides. */
const RACE = /get-status\?path=\/Workspace\/Users\/USER(\/\.bundle(\/\w+(\/\w+)?)?)?$/;

type Step = { name: string; exchanges: Exchange[]; code: number };

async function walk(target: string, token: string): Promise<Step[]> {
  const recorder = await createRecorder(target);
  const host = { url: recorder.url, token };
  const steps: Step[] = [];
  const small = createBundleFolder(SMALL_BUNDLE);
  const adopting = createBundleFolder(ADOPTING_BUNDLE);
  const step = async (name: string, run: () => Promise<{ code: number; stdout: string }>): Promise<string> => {
    const { code, stdout } = await run();
    steps.push({ name, exchanges: recorder.take(), code });
    return stdout;
  };
  await step('validate', () => small.run(host, 'validate', '-o', 'json', '-t', 'prod'));
  const plan = await step('plan', () => small.run(host, 'plan', '-o', 'json', '-t', 'prod'));
  const planFile = join(small.root, '..', 'plan.json');
  writeFileSync(planFile, plan);
  await step('deploy --plan', () => small.run(host, 'deploy', '--plan', planFile, '-t', 'prod'));
  await step('summary', () => small.run(host, 'summary', '-o', 'json', '--force-pull', '-t', 'prod'));
  await step('plan again', () => small.run(host, 'plan', '-o', 'json', '-t', 'prod'));
  small.write('resources/small.job.yml', (SMALL_BUNDLE['resources/small.job.yml'] ?? '').replace('team: test', 'team: other'));
  await step('deploy a change', () => small.run(host, 'deploy', '-t', 'prod'));
  await step('deploy to dev', () => small.run(host, 'deploy', '-t', 'dev'));

  const created = await fetch(`${recorder.url}/api/2.2/jobs/create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ name: 'hand made', tasks: [{ task_key: 'only', notebook_task: { notebook_path: '/Shared/x' } }] }),
  });
  const jobId = /\d+/.exec(await created.text())?.[0] ?? '';
  await step('bind a job that is missing', () =>
    adopting.run(host, 'deployment', 'bind', 'adopted', '999', '--auto-approve', '-t', 'prod'),
  );
  await step('bind', () => adopting.run(host, 'deployment', 'bind', 'adopted', jobId, '--auto-approve', '-t', 'prod'));
  await step('deploy what was bound', () => adopting.run(host, 'deploy', '-t', 'prod'));
  await step('destroy what was bound', () => adopting.run(host, 'destroy', '--auto-approve', '-t', 'prod'));
  await step('destroy', () => small.run(host, 'destroy', '--auto-approve', '-t', 'prod'));
  recorder.close();
  return steps;
}

const test = standInTest().extend('judgeUrl', async ({}, { onCleanup }) => {
  const port = await freePort();
  const judge = spawn(JUDGE ?? '', ['-addr', `127.0.0.1:${port}`], { stdio: 'ignore' });
  onCleanup(() => void judge.kill());
  const url = `http://127.0.0.1:${port}`;
  await listening(url);
  return url;
});

describe.skipIf(MISSING)('beside the judge', () => {
  test('the CLI asks the same and is answered the same', async ({ judgeUrl, standIn }) => {
    const theirs = await walk(judgeUrl, 'dbapi0comparison');
    const ours = await walk(standIn.url, standIn.tokenFor('ana@acme.example'));
    expect(ours.map(({ name, code }) => ({ name, code }))).toEqual(theirs.map(({ name, code }) => ({ name, code })));
    const differences = theirs.flatMap((step, index) => compare(step, ours[index]?.exchanges ?? []));
    expect(differences).toEqual([]);
    expect(theirs.flatMap(({ exchanges }) => exchanges).length).toBeGreaterThan(100);
  }, 300_000);
});

/** Requests run in parallel, hence in no order: both sides are compared as sorted lists. */
function compare(step: Step, ours: readonly Exchange[]): string[] {
  const sorted = (exchanges: readonly Exchange[]) =>
    exchanges
      .filter(({ request }) => !RACE.test(request))
      .sort((a, b) => (`${a.request} ${a.status}` < `${b.request} ${b.status}` ? -1 : 1));
  const [left, right] = [sorted(step.exchanges), sorted(ours)];
  const requests = (exchanges: readonly Exchange[]) => exchanges.map(({ request }) => request).join('\n');
  if (requests(left) !== requests(right))
    return [`${step.name}: other requests\n--- judge\n${requests(left)}\n--- ours\n${requests(right)}`];
  return left.flatMap((judge, index) => {
    const our = right[index];
    if (our === undefined) return [];
    const excused = ON_PURPOSE.some(
      (entry) => entry.request.test(judge.request) && entry.judge === judge.status && entry.ours === our.status,
    );
    if (judge.status !== our.status) return excused ? [] : [`${step.name}: ${judge.request}: judge ${judge.status}, ours ${our.status}`];
    const lost = judge.keys.split(' ').filter((key) => key !== '' && key !== '-' && !has(our.keys, key));
    return lost.length === 0 ? [] : [`${step.name}: ${judge.request}: ours lacks ${lost.join(', ')}`];
  });
}

/** We may answer more than the judge, never less. */
function has(keys: string, key: string): boolean {
  return keys.split(' ').some((ours) => ours === key || ours.startsWith(`${key}.`) || ours.startsWith(`${key}[`));
}

async function listening(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const up = await fetch(url).then(
      () => true,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The judge did not start within a minute.');
}

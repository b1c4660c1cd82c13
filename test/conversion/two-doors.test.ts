// The tools and the command line convert the same subject of the same workspace: the same tree, the same diagnostics, the same refusals.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, digestFiles } from '../../src/bundle/model/bundle.ts';
import { readTree } from '../../src/command-line/disk.ts';
import type { ToolsClient } from '../../src/mcp/client/in-process.ts';
import { addJob } from '../../src/playground/databricks/seed/load.ts';
import { HARD_CASES } from '../bundle/case-hard.ts';
import { seedLookups, seedOriginals } from '../bundle/seed-lookups.ts';
import { createRig, type Rig, use } from '../mcp/rig.ts';

const CONVERT = join(import.meta.dirname, '..', '..', 'src', 'bin', 'convert.ts');
const HOME = '/Users/ana@acme.example';
let rig: Rig;
let client: ToolsClient;
let folder: string;
let converted = 0;
beforeAll(async () => {
  rig = await createRig({ cli: false });
  client = await rig.connect();
  folder = mkdtempSync(join(tmpdir(), 'dab-doors-'));
  const { workspace } = rig.databricks;
  const inexpressible = HARD_CASES.inexpressible;
  if (inexpressible === undefined) throw new Error('no such case');
  seedLookups(workspace, [inexpressible.definition]);
  seedOriginals(workspace, inexpressible.definition);
  const notebook = (text: string) => ({ type: 'NOTEBOOK', language: 'PYTHON', format: 'SOURCE', read: () => Buffer.from(text) }) as const;
  const git = { git_url: 'https://git.example/acme/etl.git', git_provider: 'gitHub', git_branch: 'main' };
  const load = { task_key: 'load', notebook_task: { notebook_path: 'load', source: 'GIT' } };
  addJob(workspace, { job_id: 78, creator_user_name: 'ana@acme.example', settings: { name: 'From Git', git_source: git, tasks: [load] } });
  workspace.gitFolders.set('/Repos/ana@acme.example/etl', { url: git.git_url, branch: 'main', head_commit_id: '1a2b3c4d' });
  workspace.files.mkdirs('/Repos/ana@acme.example/etl');
  workspace.files.put('/Repos/ana@acme.example/etl/load', notebook('# Databricks notebook source\nspark.range(1)\n'));
  addJob(workspace, {
    job_id: 79,
    creator_user_name: 'ana@acme.example',
    settings: { name: 'Leaks', tasks: [{ task_key: 'leak', notebook_task: { notebook_path: `${HOME}/leak`, source: 'WORKSPACE' } }] },
  });
  workspace.files.put(`${HOME}/leak`, notebook(`# Databricks notebook source\ntoken = "dapi${'0123456789abcdef'.repeat(2)}"\n`));
  const deployment = { kind: 'BUNDLE', metadata_file_path: `${HOME}/.bundle/owner/prod/state/metadata.json` };
  addJob(workspace, {
    job_id: 80,
    creator_user_name: 'ana@acme.example',
    settings: {
      name: 'Owned',
      deployment,
      tasks: [{ task_key: 'leak', notebook_task: { notebook_path: `${HOME}/leak`, source: 'WORKSPACE' } }],
    },
  });
  workspace.files.mkdirs(`${HOME}/papers`);
  workspace.files.put(`${HOME}/papers/readme.txt`, { type: 'FILE', read: () => Buffer.from('nothing to run') });
});
afterAll(async () => {
  await client.close();
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly digest: string | undefined;
  /** `level: place: message` each, sorted. */
  readonly diagnostics: readonly string[];
  /** `path:line: kind` each. */
  readonly secrets: readonly string[];
}

/** By the command line, in a process of its own. */
function byCommand(args: readonly string[]): Promise<Answer & { said: string }> {
  const out = join(folder, `out-${++converted}`);
  const env = { PATH: '/usr/bin:/bin', HOME: folder, DATABRICKS_HOST: rig.databricks.url, DATABRICKS_TOKEN: rig.token };
  const command = ['--disable-warning=ExperimentalWarning', CONVERT, ...args, '--no-proof', '--out', out];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (_error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => /^(error|warning|note): /.test(line));
      const isSecret = (line: string) => line.includes('what looks like a hard-coded secret');
      resolve({
        said: stderr,
        digest: /^[✓✗] /m.test(stdout)
          ? digestFiles([...readTree(out)].map(([path, bytes]) => ({ path: path.slice(1), bytes })))
          : undefined,
        diagnostics: lines.filter((line) => !isSecret(line)).sort(),
        secrets: lines.filter(isSecret).map((line) => line.replace(/^warning: (.*): holds what .*\((.*)\).*$/, '$1: $2')),
      });
    });
  });
}

/** By a tool: what it says and what it has stored. */
async function byTool(name: string, input: Record<string, unknown>): Promise<Answer & { said: string; bundle: Bundle | undefined }> {
  const { text, bundleDigest } = await use(client, name, input);
  const bundle = bundleDigest === undefined ? undefined : (await rig.bundles.load(bundleDigest))?.bundle;
  const lines = text.split('\n');
  return {
    said: text,
    digest: bundleDigest,
    bundle,
    diagnostics: lines
      .flatMap((line) => {
        const [, level, place = '', message = ''] = /^- (error|warning|note) at (".*?[^\\]"|""): (".*")$/.exec(line) ?? [];
        if (level === undefined) return [];
        const at = JSON.parse(place) as string;
        return [`${level}: ${at === '' ? '' : `${at}: `}${JSON.parse(message) as string}`];
      })
      .sort(),
    secrets: (bundle?.secrets ?? []).map(({ path, line, kind }) => `${path}:${line}: ${kind}`),
  };
}

test.each<[what: string, args: string[], tool: string, input: Record<string, unknown>]>([
  ['a job', ['--job', '123'], 'generate_bundle_from_job', { job_id: '123' }],
  ['a job with what it refers to', ['--job', '318', '--depth', '4'], 'generate_bundle_from_job', { job_id: '318', depth: 4 }],
  [
    'more targets, one of which takes the original over',
    ['--job', '204', '--target', 'staging', '--adopt', 'staging'],
    'generate_bundle_from_job',
    { job_id: '204', targets: ['staging'], adopt: ['staging'] },
  ],
  ['the files of Git', ['--job', '78', '--git', 'bring'], 'generate_bundle_from_job', { job_id: '78', git: 'bring' }],
  ['what a bundle cannot express', ['--job', '77'], 'generate_bundle_from_job', { job_id: '77' }],
  ['a secret', ['--job', '79'], 'generate_bundle_from_job', { job_id: '79' }],
  ['an owned job, all the same', ['--job', '80', '--anyway'], 'generate_bundle_from_job', { job_id: '80', even_if_owned: true }],
  ['a folder', ['--folder', `${HOME}/quality`], 'generate_bundle', { folder: `${HOME}/quality` }],
  ['a folder that a job uses', ['--folder', `/Workspace${HOME}/churn/`], 'generate_bundle', { folder: `${HOME}/churn` }],
])('%s', async (_, args, tool, input) => {
  const [command, answer] = await Promise.all([byCommand(args), byTool(tool, input)]);
  expect(answer.digest, answer.said).toBeDefined();
  expect(answer.diagnostics.length, 'the answer names all of them').toBeLessThan(25);
  const { said: _said, ...same } = command;
  expect(same).toEqual({ digest: answer.digest, diagnostics: answer.diagnostics, secrets: answer.secrets });
});

test('they say what there is to say: what the allow-list refuses, a secret, who uses a folder', async () => {
  expect((await byTool('generate_bundle_from_job', { job_id: '77' })).diagnostics.join('\n')).toMatch(/^error: /m);
  expect((await byTool('generate_bundle_from_job', { job_id: '79' })).secrets).toHaveLength(1);
  const { diagnostics } = await byTool('generate_bundle', { folder: `${HOME}/churn` });
  expect(diagnostics).toContainEqual(expect.stringMatching(/^warning: .*\/churn: already used by job 123/));
});

describe('neither makes a bundle of', () => {
  test.each<[what: string, args: string[], tool: string, input: Record<string, unknown>, words: [RegExp, RegExp]]>([
    [
      'a job that a bundle owns',
      ['--job', '80'],
      'generate_bundle_from_job',
      { job_id: '80' },
      [/already owns it \(Owning bundle: owner/, /already owns job 80/],
    ],
    [
      'a job without a Git folder',
      ['--job', '123', '--git', 'bring'],
      'generate_bundle_from_job',
      { job_id: '123', git: 'bring' },
      [/no Git folder/, /no Git folder/],
    ],
    [
      'a folder in which nothing can run',
      ['--folder', `${HOME}/papers`],
      'generate_bundle',
      { folder: `${HOME}/papers` },
      [/nothing that a job could run/, /nothing that a job could run/],
    ],
    [
      'a folder that is not there',
      ['--folder', `${HOME}/none`],
      'generate_bundle',
      { folder: `${HOME}/none` },
      [/no such folder/, /no such folder/],
    ],
    [
      'a target that can’t be',
      ['--job', '123', '--target', '9'],
      'generate_bundle_from_job',
      { job_id: '123', targets: ['9'] },
      [/can't be the name of a target/, /a target is named/],
    ],
    [
      'what is deeper than allowed',
      ['--job', '123', '--depth', '6'],
      'generate_bundle_from_job',
      { job_id: '123', depth: 6 },
      [/--depth must be/, /depth/],
    ],
  ])('%s', async (_, args, tool, input, [command, answer]) => {
    const [left, right] = await Promise.all([byCommand(args), byTool(tool, input)]);
    expect([left.digest, right.digest]).toEqual([undefined, undefined]);
    expect(left.said).toMatch(command);
    expect(right.said).toMatch(answer);
  });
});

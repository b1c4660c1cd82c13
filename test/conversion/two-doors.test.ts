// The tools and the command line convert the same subject of the same workspace: the same tree, the same diagnostics, the same refusals.
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { digestFiles } from '../../src/bundle/model/bundle.ts';
import { carryOut } from '../../src/command-line/command.ts';
import { readTree } from '../../src/command-line/disk.ts';
import { parseOptions } from '../../src/command-line/options.ts';
import { readSubject } from '../../src/command-line/read-subject.ts';
import { createWorkspace } from '../../src/databricks/workspace.ts';
import type { ToolsClient } from '../../src/mcp/client/in-process.ts';
import { addJob } from '../../src/playground/databricks/seed/load.ts';
import { ConfigError, UserError } from '../../src/values/errors.ts';
import { HARD_CASES } from '../bundle/case-hard.ts';
import { seedLookups, seedOriginals } from '../bundle/seed-lookups.ts';
import { type Rig, toolsTest, use } from '../mcp/rig.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const HOME = '/Users/ana@acme.example';

/** The subjects beside the demo's. */
function seed(rig: Rig): void {
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
}

interface Answer {
  readonly digest: string | undefined;
  /** `level: place: message` each, sorted. */
  readonly diagnostics: readonly string[];
  /** `path:line: kind` each. */
  readonly secrets: readonly string[];
}

type Said = Answer & { readonly said: string };

/** By the command line: what the program does when it has loaded itself. */
async function byCommand(rig: Rig, folder: string, args: readonly string[]): Promise<Said> {
  const out = join(folder, 'out');
  const workspace = createWorkspace({ host: rig.databricks.url, token: async () => rig.token, log: rig.deps.log });
  const signedIn = { login: { host: rig.databricks.url, token: async () => rig.token }, workspace };
  const lines: string[] = [];
  const quiet = () => {};
  const refusal = await (async () => {
    const options = parseOptions([...args, '--no-proof', '--out', out]);
    const reading = readSubject(workspace, options, { show: quiet });
    await carryOut({ options, signedIn, devData: rig.deps.placing.devData, reading, show: quiet, say: (line) => lines.push(line) });
  })().catch((error: unknown) => {
    if (error instanceof UserError || error instanceof ConfigError) return error.message;
    throw error;
  });
  const said = lines.filter((line) => /^(error|warning|note): /.test(line));
  const isSecret = (line: string) => line.includes('what looks like a hard-coded secret');
  return {
    said: refusal ?? '',
    digest: lines.some((line) => /^[✓✗] /.test(line))
      ? digestFiles([...readTree(out)].map(([path, bytes]) => ({ path: path.slice(1), bytes })))
      : undefined,
    diagnostics: said.filter((line) => !isSecret(line)).sort(),
    secrets: said.filter(isSecret).map((line) => line.replace(/^warning: (.*): holds what .*\((.*)\).*$/, '$1: $2')),
  };
}

/** By a tool: what it says and what it has stored. */
async function byTool(rig: Rig, client: ToolsClient, name: string, input: Record<string, unknown>): Promise<Said> {
  const { text, bundleDigest } = await use(client, name, input);
  const bundle = bundleDigest === undefined ? undefined : (await rig.bundles.load(bundleDigest))?.bundle;
  const lines = text.split('\n');
  return {
    said: text,
    digest: bundleDigest,
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

const test = toolsTest({ cli: false, seed })
  .extend('folder', temporaryFolder)
  .extend(
    'command',
    ({ rig, folder }) =>
      (args: readonly string[]) =>
        byCommand(rig, folder, args),
  )
  .extend(
    'tool',
    ({ rig, client }) =>
      (name: string, input: Record<string, unknown>) =>
        byTool(rig, client, name, input),
  );

/** What the command line does where nobody says `--adopt`: nobody has seen there what taking over would change. */
const REPLACED = [{ target: 'prod', way: 'pause_original' }];

test.for<[what: string, args: string[], tool: string, input: Record<string, unknown>]>([
  ['a job', ['--job', '123'], 'generate_bundle_from_job', { job_id: '123', originals: REPLACED }],
  [
    'a job with what it refers to',
    ['--job', '318', '--depth', '4'],
    'generate_bundle_from_job',
    { job_id: '318', depth: 4, originals: REPLACED },
  ],
  [
    'more targets, one of which takes the original over',
    ['--job', '204', '--target', 'staging', '--adopt', 'staging'],
    'generate_bundle_from_job',
    {
      job_id: '204',
      targets: [{ name: 'staging', environment: 'production' }],
      originals: [...REPLACED, { target: 'staging', way: 'take_over' }],
    },
  ],
  ['the files of Git', ['--job', '78', '--git', 'bring'], 'generate_bundle_from_job', { job_id: '78', git: 'bring', originals: REPLACED }],
  ['what a bundle cannot express', ['--job', '77'], 'generate_bundle_from_job', { job_id: '77', originals: REPLACED }],
  ['a secret', ['--job', '79'], 'generate_bundle_from_job', { job_id: '79', originals: REPLACED }],
  [
    'an owned job, all the same',
    ['--job', '80', '--anyway'],
    'generate_bundle_from_job',
    { job_id: '80', even_if_owned: true, originals: REPLACED },
  ],
  ['a folder', ['--folder', `${HOME}/quality`], 'generate_bundle', { folder: `${HOME}/quality` }],
  ['a folder that a job uses', ['--folder', `/Workspace${HOME}/churn/`], 'generate_bundle', { folder: `${HOME}/churn` }],
])('%s', async ([, args, name, input], { command, tool }) => {
  const [converted, answer] = await Promise.all([command(args), tool(name, input)]);
  expect(answer.digest, answer.said).toBeDefined();
  expect(answer.diagnostics.length, 'the answer names all of them').toBeLessThan(25);
  const { said: _said, ...same } = converted;
  expect(same).toEqual({ digest: answer.digest, diagnostics: answer.diagnostics, secrets: answer.secrets });
});

test('they say what there is to say: what the allow-list refuses, a secret, who uses a folder', async ({ tool }) => {
  expect((await tool('generate_bundle_from_job', { job_id: '77' })).diagnostics.join('\n')).toMatch(/^error: /m);
  expect((await tool('generate_bundle_from_job', { job_id: '79' })).secrets).toHaveLength(1);
  const { diagnostics } = await tool('generate_bundle', { folder: `${HOME}/churn` });
  expect(diagnostics).toContainEqual(expect.stringMatching(/^warning: .*\/churn: already used by job 123/));
});

describe('neither makes a bundle of', () => {
  test.for<[what: string, args: string[], tool: string, input: Record<string, unknown>, words: [RegExp, RegExp]]>([
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
      { job_id: '123', targets: [{ name: '9', environment: 'production' }] },
      [/can't be the name of a target/, /a target is named/],
    ],
    [
      'what is deeper than allowed',
      ['--job', '123', '--depth', '6'],
      'generate_bundle_from_job',
      { job_id: '123', depth: 6 },
      [/--depth must be/, /depth/],
    ],
  ])('%s', async ([, args, name, input, [left, right]], { command, tool }) => {
    const [converted, answer] = await Promise.all([command(args), tool(name, input)]);
    expect([converted.digest, answer.digest]).toEqual([undefined, undefined]);
    expect(converted.said).toMatch(left);
    expect(answer.said).toMatch(right);
  });
});

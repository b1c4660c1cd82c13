// The converter as people start it: its own process, against the stand-in workspace with the real CLI; what it says and how it ends.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createDatabricksStandIn, type DatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { HARD_CASES } from '../bundle/case-hard.ts';
import { seedLookups, seedOriginals } from '../bundle/seed-lookups.ts';
import { ANA } from '../deployment/rig.ts';
import { CLI } from '../located-cli.ts';
import { folderTest } from '../temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
function start(
  args: readonly string[],
  folder: string,
  variables: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: folder,
    TMPDIR: folder,
    ...variables,
    ...(CLI !== undefined && { DATABRICKS_CLI_PATH: CLI }),
  };
  const command = ['--disable-warning=ExperimentalWarning', join(ROOT, 'src', 'bin', 'convert.ts'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }),
    );
  });
}

/** The job of a golden case with what comes along, its sources and its grants, in the workspace. */
function seedCase({ workspace }: DatabricksStandIn, name: string): void {
  const one = HARD_CASES[name];
  if (one === undefined) throw new Error(`no case ${name}`);
  seedLookups(workspace, [one.definition]);
  seedOriginals(workspace, one.definition);
  for (const { path, kind, bytes } of one.sources) {
    workspace.files.mkdirs(path.replace(/\/[^/]*$/, ''));
    const notebook = { type: 'NOTEBOOK', language: 'PYTHON', format: 'SOURCE', read: () => bytes } as const;
    workspace.files.put(path, kind === 'notebook' ? notebook : { type: 'FILE', read: () => bytes });
  }
  const grant = { group_name: 'data-team', all_permissions: [{ permission_level: 'CAN_VIEW', inherited: false }] };
  workspace.grants.set('/jobs/77', [grant]);
}

/** The converter over a workspace of its own. */
const test = folderTest
  .extend('standIn', async ({}, { onCleanup }) => {
    const standIn = await createDatabricksStandIn({ seed: false });
    onCleanup(() => standIn.close());
    return standIn;
  })
  .extend(
    'seed',
    ({ standIn }) =>
      (name: string) =>
        seedCase(standIn, name),
  )
  .extend(
    'convert',
    ({ standIn, folder }) =>
      (args: readonly string[], token = standIn.tokenFor(ANA)) =>
        start(args, folder, { DATABRICKS_HOST: standIn.url, DATABRICKS_TOKEN: token }),
  );

describe.skipIf(CLI === undefined)('npm run convert', () => {
  test('--job --deploy: a bundle with its proof on disk, deployed with pipeline, dashboard and grants, equal', async ({
    standIn,
    folder,
    seed,
    convert,
  }) => {
    seed('related');
    const out = join(folder, 'out');
    const ran = await convert(['--job', '77', '--out', out, '--deploy', 'prod']);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/✓ together: \d+ settings: \d+ identical, .* byte for byte \(judge: Databricks CLI \S+; target prod\)\n/);
    expect(ran.stdout).toMatch(/✓ deployed to prod, equal to the bundle: http\S+\/jobs\/\d+\S* http/);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['PROOF.md', 'databricks.yml', 'resources', 'src']));
    const { jobs, pipelines, dashboards, grants } = standIn.workspace;
    expect([jobs.size, pipelines.size, dashboards.size]).toEqual([4, 2, 2]);
    const copies = [...jobs.keys()]
      .filter((id) => !['77', '501'].includes(id))
      .map((id) => JSON.stringify(grants.get(`/jobs/${id}`)) ?? '');
    expect(copies.filter((text) => /"data-team".*"CAN_VIEW"/.test(text))).toHaveLength(1);
  });

  test('--adopt --deploy: the original itself', async ({ standIn, folder, seed, convert }) => {
    seed('adopted');
    const ran = await convert(['--job', '77', '--out', join(folder, 'out'), '--adopt', 'prod', '--deploy', 'prod']);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain('/jobs/77');
    expect([...standIn.workspace.jobs.keys()]).toEqual(['77']);
    expect(standIn.workspace.jobs.get('77')?.settings.deployment).toMatchObject({ kind: 'BUNDLE' });
  });

  test('--deploy: no copy that would run beside an original that runs', async ({ standIn, folder, seed, convert }) => {
    seed('more-targets');
    const ran = await convert(['--job', '77', '--out', join(folder, 'out'), '--deploy', 'prod']);
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /do the same work: job `.*` and its original, job 77\..*Convert with --adopt to take the original over, or pause it/,
      ),
    });
    expect([...standIn.workspace.jobs.keys()]).toEqual(['77']);
  });

  test('a grant that the workspace does not take ends it with 1, in words', async ({ standIn, folder, seed, convert }) => {
    seed('adopted');
    standIn.faults.on('PUT /api/2.0/permissions/jobs/*', { status: 400, message: 'Principal: GroupName(data-team) does not exist' });
    const ran = await convert(['--job', '77', '--out', join(folder, 'out'), '--deploy', 'prod']);
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stderr).toContain('convert: Deploying to prod: ');
    expect(ran.stderr).toContain('GroupName(data-team) does not exist');
  });

  test('a job that an earlier deployment left behind ends it with 1, and is not made twice', async ({ standIn, folder, seed, convert }) => {
    seed('adopted');
    standIn.faults.on('POST /api/2.2/jobs/create', { afterHandler: true, close: true, times: 1 });
    expect(await convert(['--job', '77', '--out', join(folder, 'one'), '--deploy', 'dev'])).toMatchObject({ code: 1 });
    const ran = await convert(['--job', '77', '--out', join(folder, 'two'), '--deploy', 'dev']);
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stderr).toMatch(
      /convert: Deploying to dev: .*would make a duplicate\. .*delete it if nobody needs it; then deploy again\.\n/,
    );
    expect(standIn.workspace.jobs.size).toBe(2);
  });

  test('what a bundle cannot express is named, and not deployed', async ({ standIn, folder, seed, convert }) => {
    seed('inexpressible');
    const ran = await convert(['--job', '77', '--out', join(folder, 'out'), '--deploy', 'prod']);
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stdout).toMatch(/error: tasks\[compute\]: has a spark_jar_task but no cluster/);
    // Neither by the place in the job and again by that in the YAML.
    expect(ran.stdout.match(/^error: .*tasks\[text\]\.notebook_task\.base_parameters\.home/gm)).toHaveLength(1);
    expect(ran.stdout).toMatch(/✗ .*not compared/);
    expect(standIn.workspace.jobs.size).toBe(1);
  });

  test('from disk: what the CLI at hand would lose is named with why, and its schema as the judge', async ({ folder }) => {
    const job = {
      job_id: 7,
      settings: {
        name: 'newer',
        no_such_field: [{ at_all: 1, none: 0 }],
        tasks: [
          { task_key: 'a', run_job_task: { job_id: 1, none: 2 } },
          { task_key: 'b', notebook_task: { notebook_path: '/n' } },
        ],
      },
    };
    writeFileSync(join(folder, 'newer.json'), JSON.stringify(job));
    const ran = await start([join(folder, 'newer.json'), '--out', join(folder, 'out')], folder, {});
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    expect(ran.stdout).toMatch(/lost: no_such_field\[0\]\.at_all: in no model known here: Databricks CLI 1\./);
    // What is zero in it goes with it.
    expect(ran.stdout).toMatch(/lost: no_such_field\[0\]\.none: /);
    expect(ran.stdout).toMatch(/lost: tasks\[a\]\.run_job_task\.none: in no model/);
    // Told once, by the proof.
    expect(ran.stdout).not.toMatch(/^note: (?:no_such_field|tasks\[a\]\.run_job_task\.none)/m);
    expect(ran.stdout).toMatch(
      /✗ newer: 8 settings: .* 3 lost; 1 file made up \(judge: schema of Databricks CLI 1\.\S+, without a workspace; target prod\)\n$/,
    );
  });

  test('a token that is no longer valid, a job that is not there, a wrong option', async ({ folder, convert }) => {
    const out = join(folder, 'out');
    expect(await convert(['--job', '77', '--out', out], 'dapi00000000000000000000000000000000')).toMatchObject({ code: 1, stdout: '' });
    const missing = await convert(['--job', '78', '--out', out]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/convert: Reading job 78: There is no job 78/) });
    expect(await convert(['--job', '77'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--out DIR is missing') });
    expect(existsSync(out)).toBe(false);
  });
});

// A Git job whose files are brought in: what the tools say of the git_source that is gone, and the proof that tells it.
import { expect } from 'vitest';
import { addJob } from '../../../src/playground/databricks/seed/load.ts';
import { CLI, toolsTest, use } from '../rig.ts';

const FOLDER = '/Repos/ana@acme.example/etl';
const PASS = 'only-for-the-build';

const test = toolsTest({
  seed: ({ databricks }) => {
    const { workspace } = databricks;
    addJob(workspace, {
      job_id: 77,
      creator_user_name: 'ana@acme.example',
      settings: {
        name: 'From Git',
        git_source: { git_url: `https://build:${PASS}@git.example/acme/etl.git`, git_provider: 'gitHub', git_branch: 'main' },
        tasks: [{ task_key: 'load', notebook_task: { notebook_path: 'notebooks/load', source: 'GIT' } }],
      },
    });
    workspace.gitFolders.set(FOLDER, { url: 'https://build:x@git.example/acme/etl', branch: 'main', head_commit_id: '1a2b3c4d' });
    workspace.files.mkdirs(`${FOLDER}/notebooks`);
    const text = '# Databricks notebook source\nspark.range(1)\n';
    workspace.files.put(`${FOLDER}/notebooks/load`, {
      type: 'NOTEBOOK',
      language: 'PYTHON',
      format: 'SOURCE',
      read: () => Buffer.from(text),
    });
  },
});

test('says that it is left out on purpose, where the files came from, and that new commits stay away', async ({ client }) => {
  const made = await use(client, 'generate_bundle_from_job', { job_id: '77', git: 'bring' });
  expect(made.isError, made.text).toBe(false);
  expect(made.text).toContain('src/load.py');
  expect(made.text).toContain('left out on purpose');
  expect(made.text).toContain(`branch main of https://git.example/acme/etl.git (commit 1a2b3c4d), as the Git folder ${FOLDER} had them`);
  expect(made.text).toContain('new commits no longer reach the job');
  expect(made.text).not.toContain(PASS);
});

test.skipIf(CLI === undefined)(
  'the proof counts every setting of it with the files that stand for it, and tells its login nowhere',
  async ({ client }) => {
    const { bundleDigest } = await use(client, 'generate_bundle_from_job', { job_id: '77', git: 'bring' });
    const proved = await use(client, 'validate_bundle', { bundle_id: bundleDigest });
    expect(proved.text).toMatch(/Proof: \d+ settings: .* 4 point to files in the bundle, .*0 lost; 1 file byte for byte/);
    expect(proved.text).not.toContain(PASS);
  },
);

// Git folders against the stand-in, over real HTTP: found by address on any page and in any place, and which of them holds a job's files.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readGitFolder } from '../../../src/databricks/read/git-folder.ts';
import { createRig, type Rig } from '../rig.ts';

const URL = 'https://git.example/acme/etl.git';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ seed: false });
  const { gitFolders } = rig.far.workspace;
  for (let n = 0; n < 45; n++)
    gitFolders.set(`/Repos/ana@acme.example/other-${n}`, { url: `https://git.example/acme/other-${n}`, branch: 'main' });
  gitFolders.set('/Repos/ana@acme.example/etl', { url: URL, branch: 'feature', head_commit_id: 'aaaa' });
  gitFolders.set('/Users/ana@acme.example/etl', { url: 'https://GIT.example/acme/etl/', branch: 'main', head_commit_id: 'bbbb' });
});
afterAll(() => rig.far.close());

const holding = (git: Record<string, string>) =>
  readGitFolder(rig.as(), { jobId: '1', settings: { git_source: { git_url: URL, git_provider: 'gitHub', ...git } } });

it('finds the one at the branch or the commit, wherever it lies', async () => {
  expect(await holding({ git_branch: 'feature' })).toEqual({ path: '/Repos/ana@acme.example/etl', branch: 'feature', commit: 'aaaa' });
  expect(await holding({ git_branch: 'main' })).toMatchObject({ path: '/Users/ana@acme.example/etl' });
  expect(await holding({ git_commit: 'bbbb' })).toMatchObject({ path: '/Users/ana@acme.example/etl' });
});

it('answers none for another branch, a tag and a job without Git', async () => {
  expect(await holding({ git_branch: 'gone' })).toBeUndefined();
  expect(await holding({ git_tag: 'v1' })).toBeUndefined();
  expect(await readGitFolder(rig.as(), { jobId: '1', settings: {} })).toBeUndefined();
});

// Git folders against the stand-in, over real HTTP: found by address on any page and in any place, and which of them holds a job's files.
import { expect } from 'vitest';
import { readGitFolder } from '../../../src/databricks/read/git-folder.ts';
import { databricksTest } from '../rig.ts';

const URL = 'https://git.example/acme/etl.git';

/** `holding`: the Git folder that holds the files of a job. */
const it = databricksTest({ seed: false }, (rig) => {
  const { gitFolders } = rig.far.workspace;
  for (let n = 0; n < 45; n++)
    gitFolders.set(`/Repos/ana@acme.example/other-${n}`, { url: `https://git.example/acme/other-${n}`, branch: 'main' });
  gitFolders.set('/Repos/ana@acme.example/etl', { url: URL, branch: 'feature', head_commit_id: 'aaaa' });
  gitFolders.set('/Users/ana@acme.example/etl', { url: 'https://GIT.example/acme/etl/', branch: 'main', head_commit_id: 'bbbb' });
}).extend('holding', ({ rig }) => (git: Record<string, string>) => {
  const git_source = { git_url: URL, git_provider: 'gitHub', ...git };
  return readGitFolder(rig.as(), { jobId: '1', settings: { git_source } });
});

it('finds the one at the branch or the commit, wherever it lies', async ({ holding }) => {
  expect(await holding({ git_branch: 'feature' })).toEqual({ path: '/Repos/ana@acme.example/etl', branch: 'feature', commit: 'aaaa' });
  expect(await holding({ git_branch: 'main' })).toMatchObject({ path: '/Users/ana@acme.example/etl' });
  expect(await holding({ git_commit: 'bbbb' })).toMatchObject({ path: '/Users/ana@acme.example/etl' });
});

it('answers none for another branch, a tag and a job without Git', async ({ rig, holding }) => {
  expect(await holding({ git_branch: 'gone' })).toBeUndefined();
  expect(await holding({ git_tag: 'v1' })).toBeUndefined();
  expect(await readGitFolder(rig.as(), { jobId: '1', settings: {} })).toBeUndefined();
});

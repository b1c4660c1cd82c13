// The Git folder where the files of a Git job can be read, since Databricks shows no repository itself.
import type { JobDefinition } from '../../bundle/model/bundle.ts';
import { isObject } from '../../values/json.ts';
import type { GitFolder } from '../api/git-folders.ts';
import type { Workspace } from '../workspace.ts';

/** The Git folder with the files of a job's branch or commit; undefined where there is none, or where the job has no Git source. */
export async function readGitFolder(
  workspace: Pick<Workspace, 'listGitFolders'>,
  definition: JobDefinition,
  signal?: AbortSignal,
): Promise<GitFolder | undefined> {
  const git = definition.settings.git_source;
  if (!isObject(git) || typeof git.git_url !== 'string') return undefined;
  const folders = await workspace.listGitFolders(git.git_url, signal);
  if (typeof git.git_commit === 'string') return folders.find(({ commit }) => commit === git.git_commit);
  // A tag names no branch, and a Git folder does not say which tag it is at.
  if (typeof git.git_branch !== 'string') return undefined;
  return folders.find(({ branch }) => branch === git.git_branch);
}

// Git folders of the workspace: where the files of a Git job can be read, since Databricks shows no repository itself.
import type { JobDefinition } from '../bundle/bundle.ts';
import { isObject, type Json } from '../bundle/json.ts';
import type { Door, Workspace } from './client.ts';
import { LIMITS } from './limits.ts';
import { inWords } from './words.ts';

export interface GitFolder {
  /** Such as `/Repos/ana@acme.example/etl`. */
  readonly path: string;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
}

/** One spelling for an address: without scheme, `.git` and a slash at the end, in lower case. */
function sameAddress(url: string): string {
  return url
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/(\.git)?\/*$/, '');
}

/** Git folders with a repository's address, that the person may see (GET repos, paged). */
export async function listGitFolders(door: Door, url: string, signal?: AbortSignal): Promise<GitFolder[]> {
  const found: GitFolder[] = [];
  let token = '';
  for (let page = 0; page < LIMITS.namePages; page++) {
    const body = await inWords('Looking for Git folders', 'There are none.', () =>
      door.json('/api/2.0/repos', token === '' ? {} : { next_page_token: token }, signal),
    );
    const repos: readonly Json[] = Array.isArray(body.repos) ? body.repos : [];
    for (const repo of repos) {
      if (!isObject(repo) || typeof repo.path !== 'string' || typeof repo.url !== 'string') continue;
      if (sameAddress(repo.url) !== sameAddress(url)) continue;
      const { branch, head_commit_id: commit } = repo;
      found.push({ path: repo.path, ...(typeof branch === 'string' && { branch }), ...(typeof commit === 'string' && { commit }) });
    }
    token = typeof body.next_page_token === 'string' ? body.next_page_token : '';
    if (token === '') break;
  }
  return found;
}

/** The Git folder that holds the files of a Git job at its branch or commit; undefined: there is none, or it is no Git job. */
export async function readGitFolder(
  workspace: Pick<Workspace, 'gitFolders'>,
  definition: JobDefinition,
  signal?: AbortSignal,
): Promise<GitFolder | undefined> {
  const git = definition.settings.git_source;
  if (!isObject(git) || typeof git.git_url !== 'string') return undefined;
  const folders = await workspace.gitFolders(git.git_url, signal);
  if (typeof git.git_commit === 'string') return folders.find(({ commit }) => commit === git.git_commit);
  // A tag names no branch, and a Git folder does not say which tag it is at.
  if (typeof git.git_branch !== 'string') return undefined;
  return folders.find(({ branch }) => branch === git.git_branch);
}

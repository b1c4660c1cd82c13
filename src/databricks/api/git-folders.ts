// The Git folders of a workspace, found by the address of their repository.
import { objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';
import { listPages } from './pages.ts';

export interface GitFolder {
  /** Such as `/Repos/ana@acme.example/etl`. */
  readonly path: string;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
}

/** The same text for all spellings of an address: without scheme, login, `.git` and a slash at the end, in lower case. */
function normalAddress(url: string): string {
  return url
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^/]*@/, '')
    .replace(/(\.git)?\/*$/, '');
}

/** The path prefixes that are searched: without one, GET repos answers the Git folders below `/Repos` alone. */
const PATH_PREFIXES = [undefined, '/Workspace/Users', '/Workspace/Shared'];

/** The Git folders of a repository that the person may see. */
export async function listGitFolders(requests: Requests, url: string, signal?: AbortSignal): Promise<GitFolder[]> {
  const found = await Promise.all(PATH_PREFIXES.map((prefix) => gitFoldersBelow(requests, prefix, signal)));
  const same = found.flat().filter((repo) => normalAddress(repo.url) === normalAddress(url));
  return [...new Map(same.map(({ url: _url, ...folder }) => [folder.path, folder])).values()];
}

async function gitFoldersBelow(
  requests: Requests,
  prefix: string | undefined,
  signal?: AbortSignal,
): Promise<(GitFolder & { url: string })[]> {
  const found: (GitFolder & { url: string })[] = [];
  const list = {
    path: '/api/2.0/repos',
    query: prefix === undefined ? {} : { path_prefix: prefix },
    doing: 'Looking for Git folders',
    missing: 'There are none.',
    pages: LIMITS.listPages,
    tokenParameter: 'next_page_token',
  };
  for await (const { repos } of listPages(requests, list, signal)) {
    for (const repo of objectsIn(repos)) {
      const [path, url] = [textOf(repo.path), textOf(repo.url)];
      if (path !== undefined && url !== undefined)
        found.push({ path, url, branch: textOf(repo.branch), commit: textOf(repo.head_commit_id) });
    }
  }
  return found;
}

// The Git folders of a workspace, found by the address of their repository.

import { textOf } from '../../values/text.ts';
import { inWords } from '../http/errors.ts';
import { objects } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door } from '../http/requests.ts';

export interface GitFolder {
  /** Such as `/Repos/ana@acme.example/etl`. */
  readonly path: string;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
}

/** One spelling for an address: without scheme, login, `.git` and a slash at the end, in lower case. */
function sameAddress(url: string): string {
  return url
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^/]*@/, '')
    .replace(/(\.git)?\/*$/, '');
}

/** Where Git folders are looked for: GET repos answers those of `/Repos` alone unless it is asked for others (its path_prefix). */
const PLACES = [undefined, '/Workspace/Users', '/Workspace/Shared'];

/** Git folders with a repository's address, that the person may see. */
export async function listGitFolders(door: Door, url: string, signal?: AbortSignal): Promise<GitFolder[]> {
  const found = await Promise.all(PLACES.map((place) => gitFoldersIn(door, place, signal)));
  const same = found.flat().filter((repo) => sameAddress(repo.url) === sameAddress(url));
  return [...new Map(same.map(({ url: _url, ...folder }) => [folder.path, folder])).values()];
}

async function gitFoldersIn(door: Door, place: string | undefined, signal?: AbortSignal): Promise<(GitFolder & { url: string })[]> {
  const found: (GitFolder & { url: string })[] = [];
  let token = '';
  for (let page = 0; page < LIMITS.namePages; page++) {
    const query = { ...(place === undefined ? {} : { path_prefix: place }), ...(token === '' ? {} : { next_page_token: token }) };
    const body = await inWords('Looking for Git folders', 'There are none.', () => door.json('/api/2.0/repos', query, signal));
    for (const repo of objects(body.repos)) {
      const [path, url] = [textOf(repo.path), textOf(repo.url)];
      if (path !== undefined && url !== undefined)
        found.push({ path, url, branch: textOf(repo.branch), commit: textOf(repo.head_commit_id) });
    }
    token = textOf(body.next_page_token) ?? '';
    if (token === '') break;
  }
  return found;
}

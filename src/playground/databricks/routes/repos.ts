// GET /api/2.0/repos: the Git folders below a path, those of /Repos where nobody asks for others.
import { type Call, ok } from '../http/answer.ts';
import { idNumber } from '../http/json.ts';
import { pageOffset } from '../http/paging.ts';
import { type Route, route } from '../http/router.ts';
import { keyOf } from '../state/files.ts';
import type { Workspace } from '../state/state.ts';

/** Git folders in one answer (the API's documentation of list repos). */
const PAGE = 20;

export function reposRoutes({ gitFolders, files }: Pick<Workspace, 'gitFolders' | 'files'>): Route[] {
  const list = (call: Call) => {
    const asked = keyOf(call.query.get('path_prefix') ?? '/');
    const prefix = asked === '/' ? '/Repos' : asked;
    const all = [...gitFolders].filter(([path]) => keyOf(path).startsWith(prefix));
    const from = pageOffset(call.query.get('next_page_token'));
    const repos = all.slice(from, from + PAGE).map(([path, folder]) => ({ id: idNumber(files.get(path)?.id ?? '0'), path, ...folder }));
    return ok({ ...(repos.length > 0 ? { repos } : {}), ...(from + PAGE < all.length ? { next_page_token: String(from + PAGE) } : {}) });
  };
  return [route('GET', '/api/2.0/repos', list)];
}

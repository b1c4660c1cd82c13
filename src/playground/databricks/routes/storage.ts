// /api/2.0/dbfs/list, /api/2.0/fs/directories and fs/files: what lies in DBFS and in Volumes, kept in the file tree below `/dbfs` and `/Volumes`.
import { type Answer, type Call, invalid, missing, ok, Refusal, raw } from '../http/answer.ts';
import { queryText } from '../http/body.ts';
import type { JsonObject } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import type { Entry } from '../state/files.ts';
import type { Workspace } from '../state/state.ts';

/** The usual and the largest page of fs/directories (its documentation). */
const PAGE = 1000;

export function storageRoutes({ files }: Workspace): Route[] {
  const dbfs = (call: Call): Answer => {
    const path = queryText(call, 'path');
    if (!path.startsWith('/')) throw invalid(`Invalid path: ${path.slice(0, 80)}: the path must begin with /`);
    const entry = files.get(`/dbfs${path}`);
    if (entry === undefined) throw missing(`No file or directory exists on path ${path}.`);
    const children: [string, Entry][] =
      entry.type === 'DIRECTORY'
        ? files.children(`/dbfs${path}`).map(([name, child]) => [`${path.replace(/\/$/, '')}/${name}`, child])
        : [[path, entry]];
    const found = children.map(([child, { type, modifiedAt, read }]): JsonObject => {
      const folder = type === 'DIRECTORY';
      return { path: child, is_dir: folder, file_size: folder ? 0 : read().length, modification_time: modifiedAt };
    });
    return ok(found.length === 0 ? {} : { files: found });
  };
  const volume = (call: Call): Answer => {
    const path = `/${call.params.path ?? ''}`.replace(/(?<=.)\/$/, '');
    if (!path.startsWith('/Volumes/') || files.get(path)?.type !== 'DIRECTORY')
      throw missing(`The directory being accessed is not found: ${path}`);
    const size = Math.min(Number(call.query.get('page_size') ?? PAGE) || PAGE, PAGE);
    const from = Number(call.query.get('page_token') ?? 0);
    const all = files.children(path);
    const contents = all.slice(from, from + size).map(([name, { type, modifiedAt, read }]): JsonObject => {
      const folder = type === 'DIRECTORY';
      return {
        name,
        path: `${path}/${name}`,
        is_directory: folder,
        last_modified: modifiedAt,
        ...(folder ? {} : { file_size: read().length }),
      };
    });
    return ok({ contents, ...(from + size < all.length ? { next_page_token: String(from + size) } : {}) });
  };
  const download = (call: Call): Answer => {
    const path = `/${call.params.path ?? ''}`;
    const entry = path.startsWith('/Volumes/') ? files.get(path) : undefined;
    if (entry?.type !== 'FILE') throw new Refusal(404, 'NOT_FOUND', `The file being accessed is not found: ${path}`);
    return raw(entry.read());
  };
  return [
    route('GET', '/api/2.0/dbfs/list', dbfs),
    route('GET', '/api/2.0/fs/directories/*path', volume),
    route('GET', '/api/2.0/fs/files/*path', download),
  ];
}

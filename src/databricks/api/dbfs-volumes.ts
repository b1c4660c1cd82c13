// Data files outside the workspace's folders, in DBFS and Volumes, one folder at a time.
import { type Json, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { unlessMissing } from '../http/errors.ts';
import { count } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';

interface DataFile {
  /** `/path` in DBFS, `/Volumes/…` in a Volume. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Bytes, of files. */
  readonly size?: number | undefined;
  /** Milliseconds since 1970. */
  readonly modifiedAt?: number | undefined;
}

interface DataFilePage {
  readonly files: readonly DataFile[];
  /** What to ask for the next page with; undefined on the last. */
  readonly next?: string | undefined;
}

/**
 * A page of a folder, from `after` (the `next` of the page before); undefined where there is no such folder. The path is one of a Volume
 * (`/Volumes/…` or `dbfs:/Volumes/…`) or else of DBFS (`dbfs:/x`, `/dbfs/x` or `/x`). For a file of DBFS the page holds that file.
 */
export async function listDataFiles(
  requests: Requests,
  path: string,
  after?: string,
  signal?: AbortSignal,
): Promise<DataFilePage | undefined> {
  const plain = `/${path.replace(/^(?:dbfs:\/*|\/dbfs\/+)/, '').replace(/^\/+/, '')}`.replace(/(?<=.)\/+$/, '');
  const list = /^\/Volumes(\/|$)/.test(plain) ? listVolume : listDbfs;
  return await unlessMissing(`Listing ${path}`, () => list(requests, plain, after, signal));
}

/** GET fs/directories: the API cuts the pages. */
async function listVolume(requests: Requests, path: string, after: string | undefined, signal?: AbortSignal): Promise<DataFilePage> {
  const query = { page_size: String(LIMITS.dataFilesPerPage), ...(after === undefined ? {} : { page_token: after }) };
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  const body = await requests.getJson(`/api/2.0/fs/directories${escaped}`, query, signal);
  const files = dataFiles(body.contents, { isFolder: 'is_directory', modifiedAt: 'last_modified' });
  return { files, next: textOf(body.next_page_token) };
}

/** GET dbfs/list: it answers all files at once, so the pages are cut here. */
async function listDbfs(requests: Requests, path: string, after: string | undefined, signal?: AbortSignal): Promise<DataFilePage> {
  const body = await requests.getJson('/api/2.0/dbfs/list', { path }, signal);
  const all = dataFiles(body.files, { isFolder: 'is_dir', modifiedAt: 'modification_time' });
  const from = /^\d+$/.test(after ?? '') ? Number(after) : 0;
  const to = from + LIMITS.dataFilesPerPage;
  return { files: all.slice(from, to), next: to < all.length ? String(to) : undefined };
}

/** The entries of a folder; the two APIs call some fields by different names. */
function dataFiles(list: Json | undefined, fields: { readonly isFolder: string; readonly modifiedAt: string }): DataFile[] {
  return objectsIn(list).flatMap((one): DataFile[] => {
    const path = textOf(one.path);
    if (path === undefined) return [];
    const isFolder = one[fields.isFolder] === true;
    return [{ path, isFolder, size: isFolder ? undefined : count(one.file_size), modifiedAt: count(one[fields.modifiedAt]) }];
  });
}

// Files outside the workspace's folders: DBFS and Volumes, one level at a time.

import { textOf } from '../../values/text.ts';
import { inWords, isMissing } from '../http/errors.ts';
import { count, objects } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door } from '../http/requests.ts';

export interface StoredFile {
  /** As the API has it: `/path` in DBFS, `/Volumes/…` in a Volume. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Bytes, of files. */
  readonly size?: number | undefined;
  /** Milliseconds since 1970. */
  readonly modifiedAt?: number | undefined;
}

export interface StoredPage {
  readonly files: readonly StoredFile[];
  /** Asks for what comes next; undefined at the end. */
  readonly next?: string | undefined;
}

/**
 * A page of a folder in DBFS (`dbfs:/x`, `/dbfs/x` or `/x`) or in a Volume (`/Volumes/…`, also behind `dbfs:`); undefined where there is no
 * such folder. A path of a file answers the file (DBFS only).
 */
export async function listStorage(door: Door, path: string, after?: string, signal?: AbortSignal): Promise<StoredPage | undefined> {
  const plain = `/${path.replace(/^(?:dbfs:\/*|\/dbfs\/+)/, '').replace(/^\/+/, '')}`.replace(/(?<=.)\/+$/, '');
  return await inWords(`Listing ${path}`, 'It does not exist.', async () => {
    try {
      return await (/^\/Volumes(\/|$)/.test(plain) ? listVolume(door, plain, after, signal) : listDbfs(door, plain, after, signal));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

/** GET fs/directories, paged by the API. */
async function listVolume(door: Door, path: string, after: string | undefined, signal?: AbortSignal): Promise<StoredPage> {
  const query = { page_size: String(LIMITS.storedPerPage), ...(after === undefined ? {} : { page_token: after }) };
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  const body = await door.json(`/api/2.0/fs/directories${escaped}`, query, signal);
  const files = objects(body.contents).flatMap((one): StoredFile[] => {
    const own = textOf(one.path);
    const isFolder = one.is_directory === true;
    return own === undefined
      ? []
      : [{ path: own, isFolder, ...(!isFolder && { size: count(one.file_size) }), modifiedAt: count(one.last_modified) }];
  });
  return { files, next: textOf(body.next_page_token) };
}

/** GET dbfs/list answers all at once, so its pages are cut here. */
async function listDbfs(door: Door, path: string, after: string | undefined, signal?: AbortSignal): Promise<StoredPage> {
  const body = await door.json('/api/2.0/dbfs/list', { path }, signal);
  const all = objects(body.files).flatMap((one): StoredFile[] => {
    const own = textOf(one.path);
    const isFolder = one.is_dir === true;
    return own === undefined
      ? []
      : [{ path: own, isFolder, ...(!isFolder && { size: count(one.file_size) }), modifiedAt: count(one.modification_time) }];
  });
  const from = /^\d+$/.test(after ?? '') ? Number(after) : 0;
  const to = from + LIMITS.storedPerPage;
  return { files: all.slice(from, to), next: to < all.length ? String(to) : undefined };
}

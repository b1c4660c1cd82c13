// Reads files and folders for one purpose: a bounded number at once, each folder listed once, and all stopped together.
import type { Source } from '../../bundle/model/bundle.ts';
import type { UserError } from '../../values/errors.ts';
import { createSlots } from '../../values/slots.ts';
import { baseName, sourceKey } from '../../values/workspace-path.ts';
import { isItemError, unlessItemFails } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import type { Workspace } from '../workspace.ts';
import type { ListFolder } from './python-modules.ts';

/** Sources that are read until the rate limit makes the next ones wait for a second. */
export const BEFORE_WAITING: number = LIMITS.exportsPerSecond;

/** What collecting needs of a workspace; a folder on disk can stand in for one. */
export type SourceReader = Pick<Workspace, 'exportSource' | 'listFolder'>;

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Things read, and things known of so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

interface BoundedReader {
  /** A file or notebook; undefined where it does not exist, and the error where it is the only thing that can't be read. */
  read(path: string, kind: Source['kind']): Promise<Source | UserError | undefined>;
  readonly list: ListFolder;
  /** Ends what is under way; nothing begins after it. */
  stop(reason: unknown): void;
}

export function createBoundedReader(reader: SourceReader, signal: AbortSignal | undefined): BoundedReader {
  const stopped = new AbortController();
  const either = AbortSignal.any([stopped.signal, ...(signal === undefined ? [] : [signal])]);
  const slot = createSlots(LIMITS.atOnce);
  const folders = new Map<string, ReturnType<ListFolder>>();

  return {
    async read(path, kind) {
      try {
        return await slot(() => reader.exportSource(path, kind, either), either);
      } catch (error) {
        // One file that can't be read must not stop the rest; a sign-in that ended or a workspace that is down must.
        if (isItemError(error)) return error;
        throw error;
      }
    },
    list(folder) {
      const key = sourceKey({ kind: 'folder', path: folder });
      const known = folders.get(key);
      if (known !== undefined) return known;
      if (folders.size >= LIMITS.folders) return Promise.resolve(undefined);
      // A folder that may not be listed holds nothing that we could read.
      const listing = unlessItemFails(() => slot(() => reader.listFolder(folder, either), either)).then(
        (entries) => entries && new Map(entries.map((entry) => [baseName(entry.path), entry])),
      );
      folders.set(key, listing);
      return listing;
    },
    stop: (reason) => stopped.abort(reason),
  };
}

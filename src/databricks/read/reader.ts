// The reads of one collection: side by side within bounds, each folder listed once, and what can't be read told apart from what fails.
import type { Diagnostic, Source } from '../../bundle/model/bundle.ts';
import { baseName, sourceKey } from '../../values/workspace-path.ts';
import type { FolderEntry } from '../api/workspace-files.ts';
import { isItemError } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import { createSlots } from '../http/slots.ts';
import type { Workspace } from '../workspace.ts';
import type { ListFolder } from './python-modules.ts';

/** What collecting needs of a workspace; a folder on disk can stand in for one. */
export type SourceReader = Pick<Workspace, 'exportSource' | 'listFolder'>;

export interface BoundedReader {
  /** A file or notebook, or what to say where it can't be read (its `place` is left to the caller). */
  read(path: string, kind: Source['kind']): Promise<Source | Diagnostic>;
  readonly list: ListFolder;
}

export function createBoundedReader(reader: SourceReader, signal: AbortSignal): BoundedReader {
  const slot = createSlots(LIMITS.atOnce);
  const folders = new Map<string, ReturnType<ListFolder>>();

  async function listed(folder: string): Promise<ReadonlyMap<string, FolderEntry> | undefined> {
    try {
      const entries = await slot(() => reader.listFolder(folder, signal));
      return entries && new Map(entries.map((entry) => [baseName(entry.path), entry]));
    } catch (error) {
      // A folder that may not be listed holds nothing that we could read.
      if (isItemError(error)) return undefined;
      throw error;
    }
  }

  return {
    async read(path, kind) {
      const warning = (message: string): Diagnostic => ({
        level: 'warning',
        place: '',
        message: `${message} The bundle keeps the path as it is.`,
      });
      try {
        const source = await slot(() => reader.exportSource(path, kind, signal));
        return source ?? warning(`The ${kind} ${path} does not exist in the workspace.`);
      } catch (error) {
        // One file that can't be read must not stop the rest; a sign-in that ended or a workspace that is down must.
        if (!isItemError(error)) throw error;
        return warning(`${error.words.doing}: ${error.words.problem}`);
      }
    },
    list(folder) {
      const key = sourceKey({ kind: 'folder', path: folder });
      const known = folders.get(key);
      if (known !== undefined) return known;
      if (folders.size >= LIMITS.folders) return Promise.resolve(undefined);
      const listing = listed(folder);
      folders.set(key, listing);
      return listing;
    },
  };
}

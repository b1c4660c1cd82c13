// Some files of the workspace as they are now, or all below a folder, and nothing that they lead to.
import type { Source } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import { isItemError } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import { createSlots } from '../http/slots.ts';
import { requireFolder } from './folder.ts';
import { createBoundedReader, type SourceReader } from './reader.ts';
import { listTree, type TreeFile } from './tree.ts';

export interface FilesRead {
  readonly sources: readonly Source[];
  /** What could not be read, and why: words of ours. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Every file below a folder. Rejects with UserError where there is no such folder. */
export async function readFilesBelow(reader: SourceReader, folder: string, options: ReadOptions): Promise<FilesRead> {
  await requireFolder(reader, folder, options.signal);
  const { files = [], diagnostics } = await listTree(createBoundedReader(reader, options.signal).list, folder);
  const read = await readFiles(reader, files, options);
  return { ...read, left: [...diagnostics.map(({ place, message }) => ({ path: place, why: message })), ...read.left] };
}

/** These files; what one of them says it is need not be right. Rejects when the sign-in or the workspace fails, or when aborted. */
export async function readFiles(reader: SourceReader, files: readonly TreeFile[], { signal, onProgress }: ReadOptions): Promise<FilesRead> {
  const doing = 'Reading files of the workspace';
  const next = 'Name a smaller folder, or some of its files.';
  if (files.length > LIMITS.sources) throw new UserError({ doing, problem: `There are more than ${LIMITS.sources} files.`, next });
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const slot = createSlots(LIMITS.atOnce);
  const left: { path: string; why: string }[] = [];
  let done = 0;
  let bytes = 0;
  const readOne = async ({ path, kind }: TreeFile): Promise<Source | undefined> => {
    try {
      const source = await slot(() => reader.exportSource(path, kind, either), either);
      if (source === undefined) left.push({ path, why: 'it does not exist in the workspace' });
      return source;
    } catch (error) {
      // One file that can't be read must not stop the rest; a sign-in that ended must.
      if (!isItemError(error)) throw error;
      left.push({ path, why: error.words.problem });
      return undefined;
    }
  };
  const one = async (file: TreeFile): Promise<Source[]> => {
    const source = await readOne(file);
    onProgress?.(++done, files.length);
    bytes += source?.bytes.byteLength ?? 0;
    if (bytes <= LIMITS.sourcesBytes) return source === undefined ? [] : [source];
    throw new UserError({ doing, problem: `They have more than ${LIMITS.sourcesBytes / 1024 / 1024} MB together.`, next });
  };
  try {
    const sources = (await Promise.all(files.map(one))).flat();
    return { sources, left: left.sort((a, b) => (a.path < b.path ? -1 : 1)) };
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}

// Some files of the workspace as they are now, or all below a folder, without what they lead to.
import type { Source } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import { LIMITS } from '../http/limits.ts';
import { requireFolder } from './folder.ts';
import { createBoundedReader, type ReadOptions, type SourceReader } from './reader.ts';
import { listTree, type TreeFile } from './tree.ts';

export interface FilesRead {
  readonly sources: readonly Source[];
  /** What could not be read, and why, in our own words. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

/** Every file below a folder. Rejects with UserError where there is no such folder. */
export async function readFilesBelow(reader: SourceReader, folder: string, options: ReadOptions): Promise<FilesRead> {
  await requireFolder(reader, folder, options.signal);
  const { files = [], diagnostics } = await listTree(createBoundedReader(reader, options.signal).list, folder);
  const read = await readFiles(reader, files, options);
  return { ...read, left: [...diagnostics.map(({ place, message }) => ({ path: place, why: message })), ...read.left] };
}

/** These files; their `kind` may be wrong. Rejects when the sign-in or the workspace fails, when there is too much, or when aborted. */
export async function readFiles(
  workspace: SourceReader,
  files: readonly TreeFile[],
  { signal, onProgress }: ReadOptions,
): Promise<FilesRead> {
  const doing = 'Reading files of the workspace';
  const next = 'Name a smaller folder, or some of its files.';
  if (files.length > LIMITS.sources) throw new UserError({ doing, problem: `There are more than ${LIMITS.sources} files.`, next });
  const reader = createBoundedReader(workspace, signal);
  const left: { path: string; why: string }[] = [];
  let done = 0;
  let bytes = 0;
  const readOne = async ({ path, kind }: TreeFile): Promise<Source[]> => {
    const found = await reader.read(path, kind);
    onProgress?.(++done, files.length);
    if (found === undefined || found instanceof UserError) {
      left.push({ path, why: found?.words.problem ?? 'it does not exist in the workspace' });
      return [];
    }
    bytes += found.bytes.byteLength;
    if (bytes <= LIMITS.sourcesBytes) return [found];
    throw new UserError({ doing, problem: `They have more than ${LIMITS.sourcesBytes / 1024 / 1024} MB together.`, next });
  };
  try {
    const sources = (await Promise.all(files.map(readOne))).flat();
    return { sources, left: left.sort((a, b) => (a.path < b.path ? -1 : 1)) };
  } catch (error) {
    reader.stop(error);
    throw error;
  }
}

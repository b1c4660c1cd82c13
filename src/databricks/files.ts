// Workspace files, notebooks and folders, read as what a bundle can hold.
import type { NotebookLanguage, Source } from '../bundle/bundle.ts';
import { isObject, type Json } from '../bundle/json.ts';
import { UserError } from '../errors.ts';
import type { Door } from './client.ts';
import { exportTurn } from './pace.ts';
import { inWords, isMissing } from './words.ts';

const LANGUAGES: readonly NotebookLanguage[] = ['PYTHON', 'SQL', 'SCALA', 'R'];
const TYPES = ['NOTEBOOK', 'FILE', 'DIRECTORY', 'REPO', 'LIBRARY', 'DASHBOARD'] as const;

/** What a folder holds at one level. */
export interface FolderEntry {
  readonly path: string;
  readonly type: (typeof TYPES)[number] | 'OTHER';
  readonly language?: NotebookLanguage | undefined;
  /** Bytes, of files. */
  readonly size?: number | undefined;
}

function languageOf(value: Json | undefined): NotebookLanguage | undefined {
  return LANGUAGES.find((name) => name === value);
}

/** The entries of a folder; undefined where there is no such folder. */
export async function listFolder(door: Door, path: string, signal?: AbortSignal): Promise<FolderEntry[] | undefined> {
  return await inWords(`Listing ${path}`, 'It does not exist.', async () => {
    try {
      const body = await door.json('/api/2.0/workspace/list', { path }, signal);
      const objects: readonly Json[] = Array.isArray(body.objects) ? body.objects : [];
      return objects.flatMap((entry): FolderEntry[] => {
        if (!isObject(entry) || typeof entry.path !== 'string') return [];
        const type = TYPES.find((name) => name === entry.object_type) ?? 'OTHER';
        return [
          { path: entry.path, type, language: languageOf(entry.language), ...(typeof entry.size === 'number' && { size: entry.size }) },
        ];
      });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

/**
 * The content of one workspace object. A notebook comes in the format it was written in (`repos_export_format` of get-status: SOURCE or
 * JUPYTER); what the reference calls a file but is a notebook comes as a notebook, and the other way round. undefined: does not exist.
 * Both requests go out at once: the export is right unless get-status says that it is something else, which is rare.
 */
export async function exportSource(door: Door, path: string, kind: Source['kind'], signal?: AbortSignal): Promise<Source | undefined> {
  const doing = `Reading ${path}`;
  const content = async (format: 'SOURCE' | 'JUPYTER' | 'AUTO'): Promise<Uint8Array> => {
    await exportTurn(door.host, signal);
    const bytes = await door.bytes('/api/2.0/workspace/export', { path, direct_download: 'true', format }, signal);
    if (bytes !== undefined) return bytes;
    throw new UserError({
      doing,
      problem: 'It is larger than 10 MB, more than Databricks exports.',
      next: 'Move its data out of it, or leave it out of the bundle.',
    });
  };
  return await inWords(doing, 'It does not exist.', async () => {
    const guess = kind === 'notebook' ? 'SOURCE' : 'AUTO';
    const guessed = content(guess);
    // It is waited for below; a failure that get-status explains better must not count as unhandled.
    guessed.catch(() => {});
    try {
      const status = await door.json('/api/2.0/workspace/get-status', { path, return_export_info: 'true' }, signal);
      const type = status.object_type;
      if (type === 'DIRECTORY' || type === 'REPO' || type === 'LIBRARY')
        throw new UserError({ doing, problem: `It is a ${type.toLowerCase()}, not a ${kind}.`, next: 'Correct the path in the job.' });
      const notebook = type === 'NOTEBOOK' || (type !== 'FILE' && kind === 'notebook');
      const format = status.repos_export_format === 'JUPYTER' ? 'JUPYTER' : 'SOURCE';
      const right = notebook ? format : 'AUTO';
      const bytes = right === guess ? await guessed : await content(right);
      if (!notebook) return { path, kind: 'file', bytes };
      return { path, kind: 'notebook', language: languageOf(status.language) ?? 'PYTHON', format, bytes };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

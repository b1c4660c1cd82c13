// Workspace files, notebooks and folders.
import type { NotebookLanguage, Source } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import { type Json, objectsIn } from '../../values/json.ts';
import { baseName, canonicalPath } from '../../values/workspace-path.ts';
import { unlessMissing } from '../http/errors.ts';
import { count, id } from '../http/json-fields.ts';
import type { Requests } from '../http/requests.ts';

const LANGUAGES: readonly NotebookLanguage[] = ['PYTHON', 'SQL', 'SCALA', 'R'];
const TYPES = ['NOTEBOOK', 'FILE', 'DIRECTORY', 'REPO', 'LIBRARY', 'DASHBOARD'] as const;

/** Something in a folder. */
export interface FolderEntry {
  readonly path: string;
  readonly type: (typeof TYPES)[number] | 'OTHER';
  readonly language?: NotebookLanguage | undefined;
  /** Bytes, of files. */
  readonly size?: number | undefined;
  /** int64 as text. A file that is written anew keeps it. */
  readonly objectId?: string | undefined;
  /** Of a dashboard: the id that it has elsewhere. */
  readonly resourceId?: string | undefined;
  /** Milliseconds since 1970 of the last write. */
  readonly modifiedAt?: number | undefined;
}

function languageOf(value: Json | undefined): NotebookLanguage | undefined {
  return LANGUAGES.find((name) => name === value);
}

/** The entries of a folder; undefined where there is no such folder. Their paths have `/Workspace` where `path` has it. */
export async function listFolder(requests: Requests, path: string, signal?: AbortSignal): Promise<FolderEntry[] | undefined> {
  return await unlessMissing(`Listing ${path}`, async () => {
    const body = await requests.getJson('/api/2.0/workspace/list', { path }, signal);
    return objectsIn(body.objects).flatMap((entry): FolderEntry[] => {
      if (typeof entry.path !== 'string') return [];
      const type = TYPES.find((name) => name === entry.object_type) ?? 'OTHER';
      // The list of a file is the file itself.
      const own = type !== 'DIRECTORY' && type !== 'REPO' && canonicalPath(entry.path) === canonicalPath(path);
      const spelled = own ? path : `${path.replace(/\/+$/, '')}/${baseName(entry.path)}`;
      const written = { objectId: id(entry.object_id), modifiedAt: count(entry.modified_at) };
      const resource = type === 'DASHBOARD' ? { resourceId: id(entry.resource_id) } : {};
      return [{ path: spelled, type, language: languageOf(entry.language), size: count(entry.size), ...written, ...resource }];
    });
  });
}

/** What is at a path, by its id; undefined where there is nothing that this person may see. */
export async function statusOf(
  requests: Requests,
  path: string,
  signal?: AbortSignal,
): Promise<{ id: string; isFolder: boolean } | undefined> {
  return await unlessMissing(`Looking at ${path}`, async () => {
    const { object_id: objectId, object_type: type } = await requests.getJson('/api/2.0/workspace/get-status', { path }, signal);
    return { id: id(objectId) ?? '', isFolder: type === 'DIRECTORY' || type === 'REPO' };
  });
}

/**
 * Creates the export of single files and notebooks; it answers undefined for what does not exist. A notebook comes in the format it was
 * written in (`repos_export_format` of get-status: SOURCE or JUPYTER). `kind` may be wrong: what is a notebook comes as a notebook.
 *
 * Status and content are asked for at once, with the format of the last notebook as a guess; only a wrong guess costs a second export.
 */
export function createSourceExport(
  requests: Requests,
): (path: string, kind: Source['kind'], signal?: AbortSignal) => Promise<Source | undefined> {
  let lastFormat: 'SOURCE' | 'JUPYTER' = 'SOURCE';

  return async (path, kind, signal) =>
    await unlessMissing(`Reading ${path}`, async () => {
      const guess = kind === 'notebook' ? lastFormat : 'AUTO';
      const guessed = content(requests, path, guess, signal);
      // It is awaited below, unless get-status fails first: then its own failure must not count as unhandled.
      guessed.catch(() => {});
      const status = await requests.getJson('/api/2.0/workspace/get-status', { path, return_export_info: 'true' }, signal);
      const type = typeof status.object_type === 'string' ? status.object_type : kind === 'notebook' ? 'NOTEBOOK' : 'FILE';
      if (type !== 'NOTEBOOK' && type !== 'FILE' && type !== 'DASHBOARD')
        throw new UserError({
          doing: `Reading ${path}`,
          problem: `It is a ${type.toLowerCase()}, not a ${kind}.`,
          next: 'Correct the path in the job.',
        });
      if (type !== 'NOTEBOOK')
        return { path, kind: 'file', bytes: guess === 'AUTO' ? await guessed : await content(requests, path, 'AUTO', signal) };
      const format = status.repos_export_format === 'JUPYTER' ? 'JUPYTER' : 'SOURCE';
      lastFormat = format;
      const bytes = format === guess ? await guessed : await content(requests, path, format, signal);
      return { path, kind: 'notebook', language: languageOf(status.language) ?? 'PYTHON', format, bytes };
    });
}

/** `AUTO`: a file as it is, a notebook as its source text or as it was imported. */
export type ExportFormat = 'SOURCE' | 'JUPYTER' | 'AUTO';

/** The bytes of a file or notebook in a format; undefined where it does not exist. */
export function exportBytes(requests: Requests, path: string, format: ExportFormat, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  return unlessMissing(`Reading ${path}`, () => content(requests, path, format, signal));
}

async function content(requests: Requests, path: string, format: ExportFormat, signal?: AbortSignal): Promise<Uint8Array> {
  const bytes = await requests.exportFile({ path, direct_download: 'true', format }, signal);
  if (bytes !== undefined) return bytes;
  throw new UserError({
    doing: `Reading ${path}`,
    problem: 'It is larger than 10 MB, more than Databricks exports.',
    next: 'Move its data out of it, or leave it out of the bundle.',
  });
}

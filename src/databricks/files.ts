// Workspace files and notebooks, exported as what a bundle can hold.
import type { NotebookLanguage, Source } from '../bundle/bundle.ts';
import { UserError } from '../errors.ts';
import type { Door } from './client.ts';
import { inWords, isMissing } from './words.ts';

const LANGUAGES: readonly NotebookLanguage[] = ['PYTHON', 'SQL', 'SCALA', 'R'];

/**
 * The content of one workspace object. A notebook comes in the format it was written in (`repos_export_format` of get-status: SOURCE or
 * JUPYTER); what the reference calls a file but is a notebook comes as a notebook, and the other way round. undefined: does not exist.
 */
export async function exportSource(door: Door, path: string, kind: Source['kind'], signal?: AbortSignal): Promise<Source | undefined> {
  const doing = `Reading ${path}`;
  return await inWords(doing, 'It does not exist.', async () => {
    try {
      const status = await door.json('/api/2.0/workspace/get-status', { path, return_export_info: 'true' }, signal);
      const type = status.object_type;
      if (type === 'DIRECTORY' || type === 'REPO' || type === 'LIBRARY')
        throw new UserError({ doing, problem: `It is a ${type.toLowerCase()}, not a ${kind}.`, next: 'Correct the path in the job.' });
      const notebook = type === 'NOTEBOOK' || (type !== 'FILE' && kind === 'notebook');
      const format = status.repos_export_format === 'JUPYTER' ? 'JUPYTER' : 'SOURCE';
      const query = { path, direct_download: 'true', format: notebook ? format : 'AUTO' };
      const bytes = await door.bytes('/api/2.0/workspace/export', query, signal);
      if (bytes === undefined)
        throw new UserError({
          doing,
          problem: 'It is larger than 10 MB, more than Databricks exports.',
          next: 'Move its data out of it, or leave it out of the bundle.',
        });
      if (!notebook) return { path, kind: 'file', bytes };
      const language = LANGUAGES.find((name) => name === status.language) ?? 'PYTHON';
      return { path, kind: 'notebook', language, format, bytes };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

// A workspace folder as a whole: every notebook and file in it, and the jobs and pipelines that already use them.
import type { Diagnostic, Source } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import type { JobSummary, PipelineSummary, Workspace } from '../workspace.ts';
import { type CollectOptions, collectSources } from './collect.ts';

export interface FolderRead {
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
  readonly usedBy: { readonly jobs: readonly JobSummary[]; readonly pipelines: readonly PipelineSummary[] };
}

/** Every file below a folder, byte for byte, and who uses it. Rejects with UserError where there is no such folder. */
export async function readFolder(
  workspace: Pick<Workspace, 'exportSource' | 'listFolder' | 'usersOfFolder'>,
  path: string,
  options: CollectOptions = {},
): Promise<FolderRead> {
  await requireFolder(workspace, path, options.signal);
  const [{ sources, diagnostics }, usedBy] = await Promise.all([
    collectSources(workspace, [{ path, kind: 'folder', place: path }], options),
    workspace.usersOfFolder(path, options.signal),
  ]);
  return { sources, diagnostics, usedBy };
}

/** Rejects with UserError where the folder does not exist or may not be listed. */
export async function requireFolder(workspace: Pick<Workspace, 'listFolder'>, path: string, signal?: AbortSignal): Promise<void> {
  if ((await workspace.listFolder(path, signal)) !== undefined) return;
  throw new UserError({
    doing: `Reading ${path}`,
    problem: 'There is no such folder that you can see.',
    next: 'Check the path in the workspace; it begins with /Users, /Shared or /Repos.',
  });
}

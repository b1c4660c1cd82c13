// A whole workspace folder: every notebook and file in it, and the jobs and pipelines that already use them.
import type { Diagnostic, Source } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import type { FolderUsers } from '../api/folder-users.ts';
import type { Workspace } from '../workspace.ts';
import { collectSources } from './collect.ts';
import type { ReadOptions } from './reader.ts';

interface FolderRead {
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
  readonly usedBy: FolderUsers;
}

/** Every file below a folder, byte for byte, and what uses it. Rejects with UserError where there is no such folder. */
export async function readFolder(
  workspace: Pick<Workspace, 'exportSource' | 'listFolder' | 'usersOfFolder'>,
  path: string,
  options: ReadOptions = {},
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

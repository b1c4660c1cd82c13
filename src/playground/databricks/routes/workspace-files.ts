// /api/2.0/workspace-files: the raw file API that the CLI uploads and reads its state with.
import { findVisible } from '../access/path-access.ts';
import { type Call, ok, Refusal, raw } from '../http/answer.ts';
import { type Route, route } from '../http/router.ts';
import type { Workspace } from '../state/state.ts';
import { importFile } from './workspace.ts';

/** Largest file the workspace takes (Databricks' documentation of workspace files: 500 MB). */
const FILE_LIMIT = 500 * 1024 * 1024;

export function workspaceFilesRoutes(workspace: Workspace): Route[] {
  const read = (call: Call) => {
    const path = absolute(call.params.path);
    const entry = findVisible(workspace, call.user, path);
    if (entry.type === 'DIRECTORY') throw new Refusal(400, 'BAD_REQUEST', `Path (${path}) is a directory.`);
    return raw(entry.read());
  };
  const write = (call: Call) => {
    if (call.body.length > FILE_LIMIT) throw new Refusal(400, 'MAX_READ_SIZE_EXCEEDED', 'The file is larger than 500 MB.');
    importFile(workspace, call.user, {
      path: absolute(call.params.path),
      bytes: call.body,
      overwrite: call.query.get('overwrite') === 'true',
    });
    return ok();
  };
  return [route('POST', '/api/2.0/workspace-files/import-file/*path', write), route('GET', '/api/2.0/workspace-files/*path', read)];
}

function absolute(path: string | undefined): string {
  return `/${(path ?? '').replace(/^\/+/, '')}`;
}

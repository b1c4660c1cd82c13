// Everything that is read of a workspace over REST, as one person.
import type { LookupKind, ResourceType } from '../bundle/model/bundle.ts';
import { type Clock, systemClock } from '../values/clock.ts';
import type { Logger } from '../values/log.ts';
import type { OnWait, TokenSource } from '../values/patience.ts';
import { getCluster, listClusters, listWarehouses } from './api/compute.ts';
import { listDataFiles } from './api/dbfs-volumes.ts';
import { usersOfFolder } from './api/folder-users.ts';
import { listGitFolders } from './api/git-folders.ts';
import { jobCallers } from './api/job-callers.ts';
import { getJob, type JobFilter, jobsOfBundle, listJobs } from './api/jobs.ts';
import { findLookupNames } from './api/lookup-names.ts';
import { me, workspaceId } from './api/me.ts';
import type { NameFilter } from './api/pages.ts';
import { listAccess, listPermissions } from './api/permissions.ts';
import { getDashboard, getPipeline, listPipelines, type PipelineFilter } from './api/pipelines-dashboards.ts';
import { rolesOnPrincipal } from './api/principal-roles.ts';
import { getPipelineUpdate, getRun, getRunFailure, getUpdateFailure } from './api/runs.ts';
import { isSchemaThere } from './api/schemas.ts';
import { runQuery, type SqlQuery } from './api/statements.ts';
import { createSourceExport, type ExportFormat, exportBytes, listFolder, statusOf } from './api/workspace-files.ts';
import { createRequests } from './http/requests.ts';

/** The workspace as one person sees it. Every method rejects with UserError or the signal's reason. */
export type Workspace = ReturnType<typeof createWorkspace>;

/**
 * Creates the workspace as one person sees it. `host` is with its scheme; `token` is called before every request. With `onWait` reads wait a
 * minute or two for a workspace that is down.
 */
export function createWorkspace(options: {
  host: string;
  token: TokenSource;
  clock?: Clock;
  onWait?: OnWait | undefined;
  log: Pick<Logger, 'debug'>;
}) {
  const requests = createRequests({ clock: systemClock, ...options });
  return {
    host: options.host,
    me: (signal?: AbortSignal) => me(requests, signal),
    workspaceId: (signal?: AbortSignal) => workspaceId(requests, signal),
    listJobs: (filter: JobFilter, signal?: AbortSignal) => listJobs(requests, filter, signal),
    jobsOfBundle: (metadataPath: string, signal?: AbortSignal) => jobsOfBundle(requests, metadataPath, signal),
    jobCallers: (ids: ReadonlySet<string>, signal?: AbortSignal) => jobCallers(requests, ids, signal),
    getJob: (jobId: string, signal?: AbortSignal) => getJob(requests, jobId, signal),
    getRun: (runId: string, signal?: AbortSignal) => getRun(requests, runId, signal),
    getPipelineUpdate: (pipelineId: string, updateId: string, signal?: AbortSignal) =>
      getPipelineUpdate(requests, pipelineId, updateId, signal),
    getUpdateFailure: (pipelineId: string, updateId: string, signal?: AbortSignal) =>
      getUpdateFailure(requests, pipelineId, updateId, signal),
    getRunFailure: (runId: string, signal?: AbortSignal) => getRunFailure(requests, runId, signal),
    exportSource: createSourceExport(requests),
    exportBytes: (path: string, format: ExportFormat, signal?: AbortSignal) => exportBytes(requests, path, format, signal),
    listFolder: (path: string, signal?: AbortSignal) => listFolder(requests, path, signal),
    statusOf: (path: string, signal?: AbortSignal) => statusOf(requests, path, signal),
    listAccess: (type: ResourceType | 'directories', id: string, signal?: AbortSignal) => listAccess(requests, type, id, signal),
    listPermissions: (type: ResourceType, id: string, signal?: AbortSignal) => listPermissions(requests, type, id, signal),
    rolesOnPrincipal: (applicationId: string, signal?: AbortSignal) => rolesOnPrincipal(requests, applicationId, signal),
    getPipeline: (id: string, signal?: AbortSignal) => getPipeline(requests, id, signal),
    listPipelines: (filter: PipelineFilter, signal?: AbortSignal) => listPipelines(requests, filter, signal),
    getDashboard: (id: string, signal?: AbortSignal) => getDashboard(requests, id, signal),
    lookupNames: (wanted: readonly { kind: LookupKind; id: string }[], signal?: AbortSignal) => findLookupNames(requests, wanted, signal),
    usersOfFolder: (path: string, signal?: AbortSignal) => usersOfFolder(requests, path, signal),
    listGitFolders: (url: string, signal?: AbortSignal) => listGitFolders(requests, url, signal),
    getCluster: (id: string, signal?: AbortSignal) => getCluster(requests, id, signal),
    listClusters: (filter: NameFilter, signal?: AbortSignal) => listClusters(requests, filter, signal),
    listWarehouses: (signal?: AbortSignal) => listWarehouses(requests, signal),
    listDataFiles: (path: string, after?: string, signal?: AbortSignal) => listDataFiles(requests, path, after, signal),
    isSchemaThere: (name: string, signal?: AbortSignal) => isSchemaThere(requests, name, signal),
    runQuery: (query: SqlQuery, signal?: AbortSignal) => runQuery(requests, query, signal),
  };
}

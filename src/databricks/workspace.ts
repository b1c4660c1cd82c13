// Everything that is read of a workspace over REST, as one person.
import type {
  DashboardDefinition,
  Grant,
  JobDefinition,
  LookupKind,
  LookupName,
  PipelineDefinition,
  ResourceType,
  Source,
} from '../bundle/model/bundle.ts';
import { type Clock, systemClock } from '../values/clock.ts';
import type { Logger } from '../values/log.ts';
import { type Cluster, type ClusterSummary, getCluster, listClusters, listWarehouses, type Warehouse } from './api/compute.ts';
import { type DataFilePage, listDataFiles } from './api/dbfs-volumes.ts';
import { type FolderUsers, usersOfFolder } from './api/folder-users.ts';
import { type GitFolder, listGitFolders } from './api/git-folders.ts';
import { getJob, type JobFilter, type JobSummary, listJobs } from './api/jobs.ts';
import { findLookupNames } from './api/lookup-names.ts';
import { type Me, me } from './api/me.ts';
import { listPermissions } from './api/permissions.ts';
import { getDashboard, getPipeline, listPipelines, type PipelineSummary } from './api/pipelines-dashboards.ts';
import { runQuery, type SqlQuery, type SqlStatement } from './api/statements.ts';
import { createSourceExport, type FolderEntry, listFolder } from './api/workspace-files.ts';
import { createRequests } from './http/requests.ts';

/** The workspace as one person sees it. Every method rejects with UserError or the signal's reason. */
export interface Workspace {
  readonly host: string;
  me(signal?: AbortSignal): Promise<Me>;
  /**
   * At most `limit` (50) jobs whose name contains `name` (in any case), newest first, among the newest 5,000. With `exact` the API compares
   * the whole name, which takes one request.
   */
  listJobs(filter: JobFilter, signal?: AbortSignal): Promise<JobSummary[]>;
  /** The whole definition. `deploymentKind` is `BUNDLE` where a bundle owns the job. */
  getJob(jobId: string, signal?: AbortSignal): Promise<JobDefinition & { deploymentKind?: string }>;
  /** The content of a workspace file or notebook; undefined where it does not exist. */
  exportSource(path: string, kind: Source['kind'], signal?: AbortSignal): Promise<Source | undefined>;
  /** One level of a folder; undefined where there is no such folder. */
  listFolder(path: string, signal?: AbortSignal): Promise<FolderEntry[] | undefined>;
  /** Direct grants, without ownership; undefined where they may not be read. */
  listPermissions(type: ResourceType, id: string, signal?: AbortSignal): Promise<Grant[] | undefined>;
  getPipeline(id: string, signal?: AbortSignal): Promise<PipelineDefinition & { readonly state?: string }>;
  listPipelines(filter: { name?: string; limit?: number }, signal?: AbortSignal): Promise<PipelineSummary[]>;
  getDashboard(id: string, signal?: AbortSignal): Promise<DashboardDefinition>;
  /** The names by which the CLI finds these ids again; an id without one is left out. */
  lookupNames(wanted: readonly { readonly kind: LookupKind; readonly id: string }[], signal?: AbortSignal): Promise<LookupName[]>;
  /** Jobs and pipelines that mention something below a folder. */
  usersOfFolder(path: string, signal?: AbortSignal): Promise<FolderUsers>;
  /** The Git folders of the repository at this address. */
  listGitFolders(url: string, signal?: AbortSignal): Promise<GitFolder[]>;
  getCluster(id: string, signal?: AbortSignal): Promise<Cluster>;
  /** At most `limit` (50) clusters that people made and whose name contains `name` (in any case). */
  listClusters(filter: { name?: string; limit?: number }, signal?: AbortSignal): Promise<ClusterSummary[]>;
  listWarehouses(signal?: AbortSignal): Promise<Warehouse[]>;
  /** A page of a folder in DBFS or a Volume, from `after` (the `next` of the page before); undefined where there is no such folder. */
  listDataFiles(path: string, after?: string, signal?: AbortSignal): Promise<DataFilePage | undefined>;
  /** Runs a statement and waits for its end; aborting cancels it in the warehouse. The caller has made sure that it only reads. */
  runQuery(query: SqlQuery, signal?: AbortSignal): Promise<SqlStatement>;
}

/** Creates the workspace as one person sees it. `host` is with its scheme; `token` is called before every request. */
export function createWorkspace(options: { host: string; token: () => Promise<string>; clock?: Clock; log: Logger }): Workspace {
  const requests = createRequests({ clock: systemClock, ...options });
  return {
    host: options.host,
    me: (signal) => me(requests, signal),
    listJobs: (filter, signal) => listJobs(requests, filter, signal),
    getJob: (jobId, signal) => getJob(requests, jobId, signal),
    exportSource: createSourceExport(requests),
    listFolder: (path, signal) => listFolder(requests, path, signal),
    listPermissions: (type, id, signal) => listPermissions(requests, type, id, signal),
    getPipeline: (id, signal) => getPipeline(requests, id, signal),
    listPipelines: (filter, signal) => listPipelines(requests, filter, signal),
    getDashboard: (id, signal) => getDashboard(requests, id, signal),
    lookupNames: (wanted, signal) => findLookupNames(requests, wanted, signal),
    usersOfFolder: (path, signal) => usersOfFolder(requests, path, signal),
    listGitFolders: (url, signal) => listGitFolders(requests, url, signal),
    getCluster: (id, signal) => getCluster(requests, id, signal),
    listClusters: (filter, signal) => listClusters(requests, filter, signal),
    listWarehouses: (signal) => listWarehouses(requests, signal),
    listDataFiles: (path, after, signal) => listDataFiles(requests, path, after, signal),
    runQuery: (query, signal) => runQuery(requests, query, signal),
  };
}

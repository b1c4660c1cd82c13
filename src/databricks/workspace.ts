// The workspace over REST as one person: everything that is read of it. The one factory of Databricks clients.
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

export type {
  Cluster,
  ClusterSummary,
  DataFilePage,
  FolderEntry,
  GitFolder,
  JobFilter,
  JobSummary,
  Me,
  PipelineSummary,
  SqlStatement,
  Warehouse,
};

/** The workspace over REST as one person. Every method rejects with UserError (words for people) or the signal's reason. */
export interface Workspace {
  readonly host: string;
  me(signal?: AbortSignal): Promise<Me>;
  /** Jobs whose name holds `name` (any case), newest first as the API lists them; at most `limit` (50), searched over at most 5,000 jobs.
   * With `exact` the API compares the whole name, which needs one request. */
  listJobs(filter: JobFilter, signal?: AbortSignal): Promise<JobSummary[]>;
  /** The whole definition, its pages merged. `deploymentKind` is `BUNDLE` where a bundle owns the job. */
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
  /** Names by which the CLI would find these ids again; an id without one is left out. */
  lookupNames(wanted: readonly { readonly kind: LookupKind; readonly id: string }[], signal?: AbortSignal): Promise<LookupName[]>;
  /** Jobs and pipelines that name something below a folder. */
  usersOfFolder(path: string, signal?: AbortSignal): Promise<FolderUsers>;
  /** Git folders of a repository, by its address. */
  listGitFolders(url: string, signal?: AbortSignal): Promise<GitFolder[]>;
  getCluster(id: string, signal?: AbortSignal): Promise<Cluster>;
  /** Clusters that people made, whose name holds `name` (any case); at most `limit` (50). */
  listClusters(filter: { name?: string; limit?: number }, signal?: AbortSignal): Promise<ClusterSummary[]>;
  listWarehouses(signal?: AbortSignal): Promise<Warehouse[]>;
  /** A page of a DBFS or Volume folder, from `after` (a page's `next`); undefined where there is no such folder. */
  listDataFiles(path: string, after?: string, signal?: AbortSignal): Promise<DataFilePage | undefined>;
  /** Runs a statement that only reads (the caller has made sure) and waits for its end; cancels it in the warehouse when aborted. */
  runQuery(query: SqlQuery, signal?: AbortSignal): Promise<SqlStatement>;
}

/**
 * Makes the client of one person. `host` with its scheme; `token` is asked for before every call. TLS is verified because skipVerify is
 * given as false: left out, the SDK accepts any certificate and sends it the token (facts: libraries#databricks-sdk).
 */
export function createWorkspace(options: { host: string; token: () => Promise<string>; log: Logger }): Workspace {
  const requests = createRequests(options);
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

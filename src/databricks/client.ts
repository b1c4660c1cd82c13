// The one factory of Databricks clients: verifies TLS, reads int64 without rounding, bounds retries and sizes.
import { ApiClient, ApiError, Config, Context, HttpError, retries } from '@databricks/sdk-experimental';
import type {
  DashboardDefinition,
  Grant,
  JobDefinition,
  LookupKind,
  LookupName,
  PipelineDefinition,
  ResourceType,
  Source,
} from '../bundle/bundle.ts';
import { isObject, type JsonObject, parseJson } from '../bundle/json.ts';
import { UpstreamError, UserError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { exportSource, type FolderEntry, listFolder } from './files.ts';
import { type GitFolder, listGitFolders } from './git-folder.ts';
import { readGrants } from './grants.ts';
import { getJob, type JobFilter, type JobSummary, listJobs } from './jobs.ts';
import { LIMITS } from './limits.ts';
import { type Me, me } from './me.ts';
import { readNames } from './names.ts';
import { getDashboard, getPipeline, listPipelines, type PipelineSummary } from './related.ts';
import { type FolderUsers, usersOfFolder } from './users.ts';

export type { FolderEntry, GitFolder, JobFilter, JobSummary, Me, PipelineSummary };

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
  grants(type: ResourceType, id: string, signal?: AbortSignal): Promise<Grant[] | undefined>;
  getPipeline(id: string, signal?: AbortSignal): Promise<PipelineDefinition & { readonly state?: string }>;
  listPipelines(filter: { name?: string; limit?: number }, signal?: AbortSignal): Promise<PipelineSummary[]>;
  getDashboard(id: string, signal?: AbortSignal): Promise<DashboardDefinition>;
  /** Names by which the CLI would find these ids again; an id without one is left out. */
  names(wanted: readonly { readonly kind: LookupKind; readonly id: string }[], signal?: AbortSignal): Promise<LookupName[]>;
  /** Jobs and pipelines that name something below a folder. */
  usersOfFolder(path: string, signal?: AbortSignal): Promise<FolderUsers>;
  /** Git folders of a repository, by its address. */
  gitFolders(url: string, signal?: AbortSignal): Promise<GitFolder[]>;
}

/** GET requests against one workspace. They reject with UpstreamError, the UserError of `token`, or the signal's reason. */
export interface Door {
  readonly host: string;
  /** A JSON body, integers kept to the digit. */
  json(path: string, query: Record<string, string>, signal?: AbortSignal): Promise<JsonObject>;
  /** A body as it is, at most 10 MB; undefined when it is larger. */
  bytes(path: string, query: Record<string, string>, signal?: AbortSignal): Promise<Uint8Array | undefined>;
}

/**
 * Makes the client of one person. `host` with its scheme; `token` is asked for before every call. TLS is verified because skipVerify is
 * given as false: left out, the SDK accepts any certificate and sends it the token (facts: databricks 6).
 */
export function createWorkspace(options: { host: string; token: () => Promise<string>; log: Logger }): Workspace {
  const door = createDoor(options);
  return {
    host: options.host,
    me: (signal) => me(door, signal),
    listJobs: (filter, signal) => listJobs(door, filter, signal),
    getJob: (jobId, signal) => getJob(door, jobId, signal),
    exportSource: (path, kind, signal) => exportSource(door, path, kind, signal),
    listFolder: (path, signal) => listFolder(door, path, signal),
    grants: (type, id, signal) => readGrants(door, type, id, signal),
    getPipeline: (id, signal) => getPipeline(door, id, signal),
    listPipelines: (filter, signal) => listPipelines(door, filter, signal),
    getDashboard: (id, signal) => getDashboard(door, id, signal),
    names: (wanted, signal) => readNames(door, wanted, signal),
    usersOfFolder: (path, signal) => usersOfFolder(door, path, signal),
    gitFolders: (url, signal) => listGitFolders(door, url, signal),
  };
}

function createDoor({ host, token, log }: { host: string; token: () => Promise<string>; log: Logger }): Door {
  const config = new Config({
    host,
    authType: 'pat',
    skipVerify: false,
    // No loaders: neither the environment nor ~/.databrickscfg may change who calls are made as.
    loaders: [],
    credentials: {
      name: 'pat',
      configure: async () => async (headers) => headers.set('Authorization', `Bearer ${await token()}`),
    },
    retryTimeoutSeconds: LIMITS.retrySeconds,
    httpTimeoutSeconds: LIMITS.idleSeconds,
  });
  const client = new ApiClient(config, { product: 'dab-bot', productVersion: '0.1.0' });

  async function bytes(path: string, query: Record<string, string>, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const operation = `GET ${path.replace(/^\/api\/[\d.]+\//, '')}`;
    const bound = AbortSignal.any([AbortSignal.timeout(LIMITS.callMs), ...(signal === undefined ? [] : [signal])]);
    const started = Date.now();
    try {
      const answer = await orAborted(request(client, path, query, bound), bound);
      return await orAborted(readBody(answer), bound);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof UserError) throw error;
      throw upstream(operation, error);
    } finally {
      log.debug({ operation, ms: Date.now() - started }, 'Called Databricks');
    }
  }

  return {
    host,
    bytes,
    async json(path, query, signal) {
      const body = await bytes(path, query, signal);
      const operation = `GET ${path}`;
      if (body === undefined) throw new UpstreamError({ service: 'databricks', operation, code: 'ANSWER_TOO_LARGE' });
      try {
        const value = parseJson(new TextDecoder().decode(body));
        if (isObject(value)) return value;
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
      throw new UpstreamError({ service: 'databricks', operation, code: 'NOT_JSON' });
    },
  };
}

async function request(client: ApiClient, path: string, query: Record<string, string>, signal: AbortSignal): Promise<unknown> {
  const context = new Context({
    cancellationToken: {
      get isCancellationRequested() {
        return signal.aborted;
      },
      onCancellationRequested: (listener) => signal.addEventListener('abort', () => listener(), { once: true }),
    },
  });
  const answer = await client.request({ path, method: 'GET', query, headers: new Headers({ Accept: '*/*' }), raw: true }, context);
  return typeof answer === 'object' && answer !== null && 'contents' in answer ? answer.contents : undefined;
}

async function readBody(body: unknown): Promise<Uint8Array | undefined> {
  if (!(body instanceof ReadableStream)) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    // Read to the end even so: the SDK's stream throws where nobody catches when it is left early.
    if (size > LIMITS.responseBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return size > LIMITS.responseBytes ? undefined : Uint8Array.from(Buffer.concat(chunks));
}

/** Ends the wait at once when the signal fires: the SDK's pause between repeats can't be cut short. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The SDK's error as ours: status and code only, because bodies may hold foreign text. */
function upstream(operation: string, error: unknown): UpstreamError {
  const failure = { service: 'databricks', operation } as const;
  if (error instanceof ApiError)
    return new UpstreamError({ ...failure, status: error.statusCode, code: error.errorCode }, { cause: error });
  // The SDK repeats 429 and transient errors only, and its timeout does not say which it was.
  if (error instanceof retries.TimeoutError) return new UpstreamError({ ...failure, status: 429, code: 'BUSY' }, { cause: error });
  if (error instanceof HttpError) return new UpstreamError({ ...failure, code: 'ENOTFOUND' }, { cause: error });
  if (error instanceof DOMException && error.name === 'TimeoutError') return new UpstreamError({ ...failure, code: 'NO_ANSWER' });
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'NO_CONNECTION';
  return new UpstreamError({ ...failure, code }, { cause: error });
}

// Jobs of a workspace: those with a name, and the whole definition of one.
import type { JobDefinition } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import { itemsIn, type Json, type JsonObject, objectOf, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { strangeAnswer } from '../http/errors.ts';
import { count, id } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';
import { findNamed, listPages, type NameFilter } from './pages.ts';

export interface JobSummary {
  readonly jobId: string;
  readonly name: string;
  readonly creator?: string | undefined;
  /** Where the bundle that deployed this job keeps its metadata: jobs with the same path belong to the same bundle. */
  readonly metadataPath?: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt?: number | undefined;
}

export interface JobFilter extends NameFilter {
  /** `name` is the whole name; the API compares it, in any case. */
  readonly exact?: boolean;
}

/** Arrays that jobs/get continues on later pages (facts: databricks#paging). */
const PAGED = ['tasks', 'job_clusters', 'parameters', 'environments'] as const;

/** Jobs, newest first, among the newest 5,000. With `exact` the API compares the whole name, which takes one request. */
export function listJobs(requests: Requests, filter: JobFilter, signal?: AbortSignal): Promise<JobSummary[]> {
  const pages = jobPages(requests, filter.exact === true ? { name: filter.name ?? '' } : {}, signal);
  return findNamed(pages, (page) => page.map(({ summary }) => summary), filter);
}

/** The jobs of the bundle that keeps its metadata at a path, whatever they are called, among the newest 5,000: a request for each hundred. */
export async function jobsOfBundle(requests: Requests, metadataPath: string, signal?: AbortSignal): Promise<JobSummary[]> {
  const found: JobSummary[] = [];
  for await (const page of jobPages(requests, {}, signal))
    found.push(...page.flatMap(({ summary }) => (summary.metadataPath === metadataPath ? [summary] : [])));
  return found;
}

/** The pages of jobs/list, at most 5,000 jobs. `settings` has the tasks where the query asks for them with `expand_tasks`. */
export async function* jobPages(
  requests: Requests,
  query: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly summary: JobSummary; readonly settings: JsonObject }[]> {
  const list = {
    path: '/api/2.2/jobs/list',
    query: { limit: String(LIMITS.jobsPerPage), ...query },
    doing: 'Listing jobs',
    missing: 'There are no jobs.',
    pages: LIMITS.jobListPages,
  };
  for await (const { jobs } of listPages(requests, list, signal)) {
    yield objectsIn(jobs).flatMap((job) => {
      const summary = summaryOf(job);
      return summary === undefined ? [] : [{ summary, settings: objectOf(job.settings) }];
    });
  }
}

/** One job with all its tasks. `jobId` is an int64 as text; `deploymentKind` is `BUNDLE` where a bundle deployed the job. */
export async function getJob(
  requests: Requests,
  jobId: string,
  signal?: AbortSignal,
): Promise<JobDefinition & { deploymentKind?: string }> {
  const doing = `Reading job ${jobId}`;
  if (!/^[1-9]\d{0,18}$/.test(jobId))
    throw new UserError({
      doing: 'Reading a job',
      problem: 'That is not a job id.',
      next: 'A job id is a number such as 123; it stands in the address of the job.',
    });
  const list = {
    path: '/api/2.2/jobs/get',
    query: { job_id: jobId },
    doing,
    missing: `There is no job ${jobId} that you can see.`,
    pages: LIMITS.jobGetPages,
  };
  const pages: JsonObject[] = [];
  for await (const page of listPages(requests, list, signal)) pages.push(page);
  const [first = {}, ...others] = pages;
  const settings: Record<string, Json> = { ...objectOf(first.settings) };
  for (const other of others)
    for (const key of PAGED) {
      const more = objectOf(other.settings)[key];
      if (Array.isArray(more)) settings[key] = [...itemsIn(settings[key]), ...more];
    }
  if (textOf(pages.at(-1)?.next_page_token) !== undefined) throw strangeAnswer(doing, 'It has more pages than a job can have.');
  const kind = textOf(objectOf(settings.deployment).kind);
  return {
    jobId,
    creator: textOf(first.creator_user_name),
    runAs: textOf(first.run_as_user_name),
    settings,
    ...(kind === undefined ? {} : { deploymentKind: kind }),
  };
}

function summaryOf(job: JsonObject): JobSummary | undefined {
  const jobId = id(job.job_id);
  if (jobId === undefined) return undefined;
  const settings = objectOf(job.settings);
  return {
    jobId,
    name: textOf(settings.name) ?? 'Untitled',
    creator: textOf(job.creator_user_name),
    metadataPath: textOf(objectOf(settings.deployment).metadata_file_path),
    createdAt: count(job.created_time),
  };
}

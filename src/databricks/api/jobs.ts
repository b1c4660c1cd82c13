// Jobs of a workspace: listing by name, and one whole definition.
import type { JobDefinition } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import type { Json, JsonObject } from '../../values/json.ts';
import { objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { inWords } from '../http/errors.ts';
import { count, id, objects } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door } from '../http/requests.ts';

export interface JobSummary {
  readonly jobId: string;
  readonly name: string;
  readonly creator?: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt?: number | undefined;
  /** Where the bundle that owns this job keeps its metadata; tells one bundle's jobs from another's. */
  readonly metadataPath?: string | undefined;
}

export interface JobFilter {
  /** A part of the name, in any case. */
  readonly name?: string;
  readonly limit?: number;
  /** The name is the whole name. */
  readonly exact?: boolean;
}

/** Arrays that jobs/get continues on later pages (facts: databricks#paging). */
const PAGED = ['tasks', 'job_clusters', 'parameters', 'environments'] as const;

/** Jobs whose name holds `name`. The API's own filter wants the whole name, so parts are compared here, page by page. */
export async function listJobs(door: Door, filter: JobFilter, signal?: AbortSignal): Promise<JobSummary[]> {
  const limit = filter.limit ?? LIMITS.jobsListed;
  const wanted = (filter.name ?? '').toLowerCase();
  const found: JobSummary[] = [];
  for await (const page of jobPages(door, filter.exact === true ? { name: filter.name ?? '' } : {}, signal)) {
    found.push(...page.map(({ summary }) => summary).filter(({ name }) => name.toLowerCase().includes(wanted)));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** The pages of jobs/list, at most 5,000 jobs; `settings` holds tasks where `expand_tasks` is asked for. */
export async function* jobPages(
  door: Door,
  query: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly summary: JobSummary; readonly settings: JsonObject }[]> {
  let token = '';
  for (let page = 0; page < LIMITS.jobListPages; page++) {
    const asked = { limit: String(LIMITS.jobsPerPage), ...query, ...(token === '' ? {} : { page_token: token }) };
    const body = await inWords('Listing jobs', 'There are no jobs.', () => door.json('/api/2.2/jobs/list', asked, signal));
    yield objects(body.jobs).flatMap((job) => {
      const summary = summaryOf(job);
      return summary === undefined ? [] : [{ summary, settings: objectOf(job.settings) }];
    });
    token = textOf(body.next_page_token) ?? '';
    if (token === '') return;
  }
}

/** One job with all its tasks. `jobId` is an int64 as text. */
export async function getJob(door: Door, jobId: string, signal?: AbortSignal): Promise<JobDefinition & { deploymentKind?: string }> {
  const doing = `Reading job ${jobId}`;
  if (!/^[1-9]\d{0,18}$/.test(jobId))
    throw new UserError({
      doing: 'Reading a job',
      problem: 'That is not a job id.',
      next: 'A job id is a number such as 123; it stands in the address of the job.',
    });
  const ask = (token: string) =>
    inWords(doing, `There is no job ${jobId} that you can see.`, () =>
      door.json('/api/2.2/jobs/get', { job_id: jobId, ...(token === '' ? {} : { page_token: token }) }, signal),
    );

  const first = await ask('');
  const settings: Record<string, Json> = { ...objectOf(first.settings) };
  let token = textOf(first.next_page_token) ?? '';
  for (let page = 1; token !== ''; page++) {
    if (page === LIMITS.jobGetPages)
      throw new UserError({
        doing,
        problem: 'It has more pages than a job can have.',
        next: 'Try again; if it stays, show this to an administrator.',
      });
    const next = await ask(token);
    for (const key of PAGED) {
      const more = objectOf(next.settings)[key];
      const sofar = settings[key];
      if (Array.isArray(more)) settings[key] = [...(Array.isArray(sofar) ? sofar : []), ...more];
    }
    token = textOf(next.next_page_token) ?? '';
  }
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
    createdAt: count(job.created_time),
    metadataPath: textOf(objectOf(settings.deployment).metadata_file_path),
  };
}

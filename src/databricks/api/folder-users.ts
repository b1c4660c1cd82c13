// Which jobs and pipelines use the files below a folder.
import { isObject, type Json } from '../../values/json.ts';
import { createSlots } from '../../values/slots.ts';
import { canonicalFolder, canonicalPath } from '../../values/workspace-path.ts';
import { unlessItemFails } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';
import { type JobSummary, jobPages } from './jobs.ts';
import { getPipeline, listPipelines, type PipelineSummary } from './pipelines-dashboards.ts';

export interface FolderUsers {
  readonly jobs: JobSummary[];
  readonly pipelines: PipelineSummary[];
}

/** Whether any text in a value is the path of the folder or of something below it, with or without `/Workspace`. */
function mentions(value: Json | undefined, folder: string): boolean {
  if (typeof value === 'string') {
    const path = canonicalPath(value);
    return path === folder || path.startsWith(`${folder}/`);
  }
  if (Array.isArray(value)) return value.some((item: Json) => mentions(item, folder));
  return isObject(value) && Object.values(value).some((item) => mentions(item, folder));
}

/** Of the first 5,000 jobs and 60 pipelines, those that mention something below a folder. What can't be read counts as none. */
export async function usersOfFolder(requests: Requests, path: string, signal?: AbortSignal): Promise<FolderUsers> {
  const folder = canonicalFolder(path);
  const [jobs, pipelines] = await Promise.all([jobsOf(requests, folder, signal), pipelinesOf(requests, folder, signal)]);
  return { jobs, pipelines };
}

async function jobsOf(requests: Requests, folder: string, signal?: AbortSignal): Promise<JobSummary[]> {
  const found: JobSummary[] = [];
  await unlessItemFails(async () => {
    for await (const page of jobPages(requests, { expand_tasks: 'true' }, signal))
      found.push(...page.filter(({ settings }) => mentions(settings, folder)).map(({ summary }) => summary));
  });
  return found;
}

async function pipelinesOf(requests: Requests, folder: string, signal?: AbortSignal): Promise<PipelineSummary[]> {
  const slot = createSlots(LIMITS.atOnce);
  const all = (await unlessItemFails(() => listPipelines(requests, { limit: LIMITS.pipelinesRead }, signal))) ?? [];
  const specs = await Promise.all(all.map(({ id }) => slot(() => unlessItemFails(() => getPipeline(requests, id, signal)))));
  return all.filter((_, i) => mentions(specs[i]?.spec, folder));
}

// Which jobs and pipelines already use the files below a folder.
import { isObject, type Json } from '../../values/json.ts';
import { canonicalFolder, canonicalPath } from '../../values/workspace-path.ts';
import { isOfOneThing } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door } from '../http/requests.ts';
import { createSlots } from '../http/slots.ts';
import { type JobSummary, jobPages } from './jobs.ts';
import { getPipeline, listPipelines, type PipelineSummary } from './pipelines-dashboards.ts';

export interface FolderUsers {
  readonly jobs: JobSummary[];
  readonly pipelines: PipelineSummary[];
}

/** Whether any text in a value names the folder or something below it, with or without `/Workspace`. */
function names(value: Json | undefined, folder: string): boolean {
  if (typeof value === 'string') {
    const path = canonicalPath(value);
    return path === folder || path.startsWith(`${folder}/`);
  }
  if (Array.isArray(value)) return value.some((item: Json) => names(item, folder));
  return isObject(value) && Object.values(value).some((item) => names(item, folder));
}

/** Jobs (of the first 5,000) and pipelines (of the first ones) that name something below a folder. What may not be read counts as none. */
export async function usersOfFolder(door: Door, path: string, signal?: AbortSignal): Promise<FolderUsers> {
  const folder = canonicalFolder(path);
  const [jobs, pipelines] = await Promise.all([jobsOf(door, folder, signal), pipelinesOf(door, folder, signal)]);
  return { jobs, pipelines };
}

async function jobsOf(door: Door, folder: string, signal?: AbortSignal): Promise<JobSummary[]> {
  const found: JobSummary[] = [];
  await orNone(async () => {
    for await (const page of jobPages(door, { expand_tasks: 'true' }, signal))
      found.push(...page.filter(({ settings }) => names(settings, folder)).map(({ summary }) => summary));
  });
  return found;
}

async function pipelinesOf(door: Door, folder: string, signal?: AbortSignal): Promise<PipelineSummary[]> {
  const slot = createSlots(LIMITS.atOnce);
  const all = (await orNone(() => listPipelines(door, { limit: LIMITS.pipelinesRead }, signal))) ?? [];
  const specs = await Promise.all(all.map(({ id }) => slot(() => orNone(() => getPipeline(door, id, signal)))));
  return all.filter((_, i) => names(specs[i]?.spec, folder));
}

async function orNone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isOfOneThing(error)) return undefined;
    throw error;
  }
}

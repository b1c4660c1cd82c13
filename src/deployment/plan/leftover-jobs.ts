// Looks for jobs that this bundle made before without its state knowing: creating them again would make duplicates.
import type { JobSummary } from '../../databricks/api/jobs.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { isObject, type JsonObject, objectOf } from '../../values/json.ts';
import { entriesOf } from '../cli/plan-json.ts';
import { type Refusal, refusal } from '../policy/refusals.ts';

export type ListsJobs = Pick<Workspace, 'listJobs'>;

/** A plan that would create jobs which an earlier deployment has made; `originals` are taken over. */
export async function jobsLeftBehind(
  workspace: ListsJobs,
  plan: JsonObject,
  originals: readonly string[] = [],
): Promise<Refusal | undefined> {
  const jobs = (await leftoverJobs(workspace, plan)).filter(({ jobId }) => !originals.includes(jobId));
  if (jobs.length === 0) return undefined;
  const names = jobs.map((job) => `“${job.name}” (${job.jobId})`).join(', ');
  return refusal(
    'left behind',
    `An earlier deployment of this bundle made ${names}, and its record does not know of it: deploying would make a duplicate.`,
    'Look at that job in the workspace. Delete it if nobody needs it, then ask for a fresh plan.',
  );
}

/**
 * Jobs that the plan would create and that exist already with the same name and the metadata path of this very bundle and target: a
 * connection lost after jobs/create, or a crash, left them behind (facts: cli#crashes-and-signals).
 */
async function leftoverJobs(workspace: ListsJobs, plan: JsonObject): Promise<JobSummary[]> {
  const found: JobSummary[] = [];
  const entries = entriesOf(plan);
  // Where a key was renamed, the plan deletes the job of the old key: that one is known.
  const known = new Set(entries.flatMap(({ body }) => (isObject(body.remote_state) ? [String(body.remote_state.job_id)] : [])));
  for (const { node, action, body } of entries) {
    if (action !== 'create' || !/^resources\.jobs\.[^.]+$/.test(node)) continue;
    const value = objectOf(objectOf(body.new_state).value);
    const { name } = value;
    const path = objectOf(value.deployment).metadata_file_path;
    if (typeof name !== 'string' || typeof path !== 'string') continue;
    const jobs = await workspace.listJobs({ name, exact: true });
    found.push(...jobs.filter((job) => job.name === name && job.metadataPath === path && !known.has(job.jobId)));
  }
  return found;
}

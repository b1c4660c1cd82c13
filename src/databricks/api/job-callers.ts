// Which jobs start others with a task, or wait for them: neither minds whether the other one's schedule is paused.
import { itemsIn, type JsonObject, objectOf, objectsIn } from '../../values/json.ts';
import { unlessItemFails } from '../http/errors.ts';
import { id } from '../http/json-fields.ts';
import type { Requests } from '../http/requests.ts';
import { jobPages } from './jobs.ts';

interface JobCaller {
  readonly jobId: string;
  readonly name: string;
  /** Starts one of them with a task; otherwise it waits until one is done. */
  readonly calls: boolean;
}

/**
 * Of the newest 5,000 jobs, those that call or wait for one of `ids` and are none of them: a request for each hundred. Of a job the first
 * 100 tasks are looked at (facts: databricks#paging). None where the list can't be read.
 */
export async function jobCallers(requests: Requests, ids: ReadonlySet<string>, signal?: AbortSignal): Promise<JobCaller[]> {
  const found: JobCaller[] = [];
  await unlessItemFails(async () => {
    for await (const page of jobPages(requests, { expand_tasks: 'true' }, signal))
      for (const { summary, settings } of page) {
        const calls = calledBy(settings).some((one) => ids.has(one));
        const { jobId, name } = summary;
        if (!ids.has(jobId) && (calls || awaitedBy(settings).some((one) => ids.has(one)))) found.push({ jobId, name, calls });
      }
  });
  return found;
}

function calledBy({ tasks }: JsonObject): string[] {
  return objectsIn(tasks).flatMap((task) => {
    const inner = objectOf(objectOf(task.for_each_task).task);
    return [task, inner].flatMap((one) => id(objectOf(one.run_job_task).job_id) ?? []);
  });
}

/** The newest form of triggers alone can wait for jobs (facts: databricks#job-definitions). */
function awaitedBy({ triggers }: JsonObject): string[] {
  return itemsIn(triggers).flatMap((trigger) =>
    objectsIn(objectOf(objectOf(trigger).job_completion).jobs).flatMap((job) => id(job.job_id) ?? []),
  );
}

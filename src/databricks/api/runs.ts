// Runs of jobs: how one stands, and the last ones of a job.
import type { JsonObject } from '../../values/json.ts';
import { inWords } from '../http/errors.ts';
import { count, id, object, objects, text } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door } from '../http/requests.ts';

export interface RunState {
  /** `life_cycle_state`: PENDING, RUNNING, TERMINATED, INTERNAL_ERROR and others. */
  readonly state: string;
  /** `result_state` of a run that has ended: SUCCESS, FAILED and others. */
  readonly result?: string | undefined;
  /** Databricks' words about it: foreign text. */
  readonly message?: string | undefined;
}

export interface RunSummary extends RunState {
  readonly runId: string;
  readonly jobId?: string | undefined;
  readonly name: string;
  /** Its page in the workspace. */
  readonly url?: string | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

export interface Run extends RunSummary {
  /** The first 100 (facts: databricks#paging). */
  readonly tasks: readonly (RunState & { readonly key: string; readonly runId?: string | undefined })[];
}

/** One run; `runId` is an int64 as text. */
export async function getRun(door: Door, runId: string, signal?: AbortSignal): Promise<Run> {
  const body = await inWords(`Reading run ${runId}`, `There is no run ${runId} that you can see.`, () =>
    door.json('/api/2.2/jobs/runs/get', { run_id: runId }, signal),
  );
  const tasks = objects(body.tasks).map((task) => ({ key: text(task.task_key) ?? '', runId: id(task.run_id), ...stateOf(task) }));
  return { ...(summaryOf(body) ?? { runId, name: 'Untitled', ...stateOf(body) }), tasks };
}

/** The newest runs of a job, at most 25 (the API's limit). */
export async function listRuns(door: Door, jobId: string, signal?: AbortSignal): Promise<RunSummary[]> {
  const query = { job_id: jobId, limit: String(LIMITS.runsListed) };
  const body = await inWords(`Listing runs of job ${jobId}`, `There is no job ${jobId} that you can see.`, () =>
    door.json('/api/2.2/jobs/runs/list', query, signal),
  );
  return objects(body.runs).flatMap((run) => summaryOf(run) ?? []);
}

function summaryOf(body: JsonObject): RunSummary | undefined {
  const runId = id(body.run_id);
  if (runId === undefined) return undefined;
  return {
    ...{ runId, jobId: id(body.job_id), name: text(body.run_name) ?? 'Untitled', url: text(body.run_page_url) },
    ...stateOf(body),
    ...{ startedAt: moment(body.start_time), endedAt: moment(body.end_time) },
  };
}

function stateOf(body: JsonObject): RunState {
  const { life_cycle_state: state, result_state: result, state_message: message } = object(body.state);
  return { state: text(state) ?? 'UNKNOWN', result: text(result), message: text(message) };
}

/** 0 stands for what has not happened. */
function moment(value: Parameters<typeof count>[0]): number | undefined {
  return count(value) || undefined;
}

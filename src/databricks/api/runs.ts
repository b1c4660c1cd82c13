// Runs of jobs: whether one is over and how it ended, and what made it fail.
import { type JsonObject, objectOf, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { unlessItemFails, withErrorWords } from '../http/errors.ts';
import { count, id } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';
import { listPages } from './pages.ts';

interface RunState {
  readonly over: boolean;
  /** The API's result, such as `SUCCESS`, `FAILED`, `TIMEDOUT` or `CANCELED`; its life cycle where it has none (facts: databricks#runs-and-statements). */
  readonly result: string;
  /** Of a run that is over, in milliseconds; absent where the API does not say. */
  readonly ms?: number | undefined;
}

/** Foreign text; an update of a pipeline has no tasks. */
interface RunFailure {
  readonly task?: string;
  readonly error?: string | undefined;
}

/** Life cycles after which nothing changes any more (facts: databricks#runs-and-statements). */
const OVER = ['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'];
/** Results of tasks that only follow from another one's. */
const FOLLOWS = /^(SUCCESS|UPSTREAM_|EXCLUDED|CANCELED|DISABLED)/;

/** Events that are asked for: the first error is the first of them, unless another update ran at the same time; our choice. */
const EVENTS = 25;

/** `runId` is an int64 as text. */
export async function getRun(requests: Requests, runId: string, signal?: AbortSignal): Promise<RunState> {
  const run = await firstPage(requests, runId, signal);
  const { life_cycle_state: cycle, result_state: result } = objectOf(run.state);
  const [started, ended] = [count(run.start_time), count(run.end_time)];
  return {
    over: OVER.includes(String(cycle)),
    result: textOf(result) ?? String(cycle),
    ...(started === undefined || ended === undefined || ended < started ? {} : { ms: ended - started }),
  };
}

/** Updates of a pipeline are its runs (facts: databricks#runs-and-statements). The results are those of a job's run. */
const UPDATE_ENDS: Readonly<Record<string, string>> = { COMPLETED: 'SUCCESS', FAILED: 'FAILED', CANCELED: 'CANCELED' };

export async function getPipelineUpdate(requests: Requests, pipelineId: string, updateId: string, signal?: AbortSignal): Promise<RunState> {
  const state = textOf((await readUpdate(requests, pipelineId, updateId, signal)).state) ?? '';
  const end = UPDATE_ENDS[state];
  return { over: end !== undefined, result: end ?? state };
}

/** What an update that failed said first; undefined where it said nothing, or where that can't be seen. */
export async function getUpdateFailure(
  requests: Requests,
  pipelineId: string,
  updateId: string,
  signal?: AbortSignal,
): Promise<RunFailure | undefined> {
  const from = count((await readUpdate(requests, pipelineId, updateId, signal)).creation_time) ?? 0;
  const error = await firstErrorOf(requests, { pipelineId, updateId, from }, signal);
  return error === undefined ? undefined : { error };
}

async function readUpdate(requests: Requests, pipelineId: string, updateId: string, signal?: AbortSignal): Promise<JsonObject> {
  const path = `/api/2.0/pipelines/${encodeURIComponent(pipelineId)}/updates/${encodeURIComponent(updateId)}`;
  const missing = `There is no update ${updateId} that you can see.`;
  const body = await withErrorWords(`Looking at update ${updateId}`, missing, () => requests.getJson(path, {}, signal));
  return objectOf(body.update);
}

/** The task that failed first, with the first of what it said; undefined where none did, or where that can't be seen. */
export async function getRunFailure(requests: Requests, runId: string, signal?: AbortSignal): Promise<RunFailure | undefined> {
  const failed: JsonObject[] = [];
  for await (const page of listPages(requests, { ...pageOf(runId), pages: LIMITS.jobGetPages }, signal)) {
    failed.push(...objectsIn(page.tasks).filter(failedByItself));
  }
  const [first] = failed.sort((a, b) => (count(a.end_time) ?? Infinity) - (count(b.end_time) ?? Infinity));
  const taskRun = id(first?.run_id);
  if (first === undefined || taskRun === undefined) return undefined;
  const pipelineId = textOf(objectOf(first.pipeline_task).pipeline_id);
  const error =
    pipelineId === undefined
      ? await outputError(requests, taskRun, signal)
      : await firstErrorOf(requests, { pipelineId, from: count(first.start_time) ?? 0 }, signal);
  return { task: textOf(first.task_key) ?? '', error: error ?? textOf(objectOf(first.state).state_message) };
}

/** Of a run with several tasks the output is asked for by the run of one of them. */
async function outputError(requests: Requests, taskRun: string, signal?: AbortSignal): Promise<string | undefined> {
  const output = await unlessItemFails(() =>
    withErrorWords('Reading why a run failed', 'Its output is gone.', () =>
      requests.getJson('/api/2.2/jobs/runs/get-output', { run_id: taskRun }, signal),
    ),
  );
  return textOf(output?.error);
}

function failedByItself({ state }: JsonObject): boolean {
  const { life_cycle_state: cycle, result_state: result } = objectOf(state);
  return cycle === 'INTERNAL_ERROR' || (OVER.includes(String(cycle)) && typeof result === 'string' && !FOLLOWS.test(result));
}

const pageOf = (runId: string) => ({
  path: '/api/2.2/jobs/runs/get',
  query: { run_id: runId },
  doing: `Looking at run ${runId}`,
  missing: `There is no run ${runId} that you can see.`,
});

async function firstPage(requests: Requests, runId: string, signal?: AbortSignal): Promise<JsonObject> {
  for await (const page of listPages(requests, { ...pageOf(runId), pages: 1 }, signal)) return page;
  return {};
}

interface Failed {
  readonly pipelineId: string;
  /** Absent where only the time is known, as of a task of a run. */
  readonly updateId?: string;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** Foreign text; undefined where the pipeline says nothing, or where that can't be seen (facts: databricks#runs-and-statements). */
async function firstErrorOf(requests: Requests, { pipelineId, updateId, from }: Failed, signal?: AbortSignal): Promise<string | undefined> {
  const query = {
    filter: `level='ERROR' AND timestamp >= '${new Date(from).toISOString()}'`,
    order_by: ['timestamp asc'],
    max_results: String(EVENTS),
  };
  const path = `/api/2.0/pipelines/${encodeURIComponent(pipelineId)}/events`;
  const body = await unlessItemFails(() =>
    withErrorWords('Reading why a pipeline failed', 'Its events are gone.', () => requests.getJson(path, query, signal)),
  );
  const [first] = objectsIn(body?.events).filter(({ origin }) => updateId === undefined || objectOf(origin).update_id === updateId);
  return first && wordsOf(first);
}

/** What happened, and the exception where there is one that it does not quote. */
function wordsOf({ message, error }: JsonObject): string | undefined {
  const what = textOf(message) ?? '';
  const [thrown] = objectsIn(objectOf(error).exceptions).flatMap((one) => textOf(one.message) ?? []);
  const words = thrown === undefined || what.includes(thrown) ? what : `${what} ${thrown}`;
  return words.trim() === '' ? undefined : words.trim();
}

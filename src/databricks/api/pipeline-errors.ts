// What a pipeline said first when an update of it failed: it stands in the pipeline's events.
import { type JsonObject, objectOf, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { unlessItemFails, withErrorWords } from '../http/errors.ts';
import type { Requests } from '../http/requests.ts';

/** Events that are asked for: the first error is the first of them, unless another update ran at the same time; our choice. */
const EVENTS = 25;

interface Failed {
  readonly pipelineId: string;
  /** Absent where only the time is known, as of a task of a run. */
  readonly updateId?: string;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** Foreign text; undefined where the pipeline says nothing, or where that can't be seen (facts: databricks#runs-and-statements). */
export async function firstErrorOf(
  requests: Requests,
  { pipelineId, updateId, from }: Failed,
  signal?: AbortSignal,
): Promise<string | undefined> {
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

// SQL statements in a warehouse: what the API answers about one, and running a query that only reads.
import { UserError } from '../../values/errors.ts';
import { itemsIn, type Json, type JsonObject, objectOf, objectsIn, stringifyJson } from '../../values/json.ts';
import { orAborted } from '../../values/slots.ts';
import { textOf } from '../../values/text.ts';
import { strangeAnswer, withErrorWords } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';

/** `state` is the API's: PENDING, RUNNING, SUCCEEDED, FAILED, CANCELED or CLOSED (facts: databricks#runs-and-statements). */
export interface SqlStatement {
  readonly id: string;
  readonly state: string;
  /** Why it failed, in Databricks' words: foreign text. */
  readonly error?: string | undefined;
  readonly columns: readonly string[];
  /** Values as text; null as `null`. */
  readonly rows: readonly (readonly string[])[];
  /** The result has more rows or bytes than were asked for. */
  readonly truncated: boolean;
}

export interface SqlQuery {
  readonly warehouseId: string;
  /** The caller has made sure that it only reads. */
  readonly statement: string;
  /** At most so many rows. */
  readonly rows: number;
}

const PATH = '/api/2.0/sql/statements';

/**
 * Runs a query and waits for its end: SUCCEEDED, FAILED, CANCELED or CLOSED. The first request does not wait, so that the query's id is
 * known and it can be cancelled in the warehouse: when the signal fires, and after nine minutes (then this rejects with UserError).
 */
export async function runQuery(requests: Requests, query: SqlQuery, signal?: AbortSignal): Promise<SqlStatement> {
  const doing = 'Running a query';
  const body = {
    ...{ warehouse_id: query.warehouseId, statement: query.statement, row_limit: query.rows, byte_limit: LIMITS.queryBytes },
    ...{ format: 'JSON_ARRAY', disposition: 'INLINE', wait_timeout: '0s' },
  };
  signal?.throwIfAborted();
  const missing = `There is no SQL warehouse ${query.warehouseId} that you can use.`;
  // Without the signal: a statement can only be cancelled once its id has been answered.
  const begun = withErrorWords(doing, missing, () => requests.postJson(PATH, body)).then((answer) => requireStatement(doing, answer));
  try {
    const first = await (signal === undefined ? begun : orAborted(begun, signal));
    return await waitForEnd(requests, first, doing, signal);
  } catch (error) {
    // Not awaited: whoever stopped it wants to go on at once, and a query that can't be cancelled ends by itself some day.
    void begun.then(({ id }) => requests.postJson(`${pathOf(id)}/cancel`, {})).catch(() => {});
    throw error;
  }
}

async function waitForEnd(requests: Requests, first: SqlStatement, doing: string, signal: AbortSignal | undefined): Promise<SqlStatement> {
  const until = requests.clock.now() + LIMITS.queryMs;
  let found = first;
  for (
    let pause: number = LIMITS.pollMs;
    found.state === 'PENDING' || found.state === 'RUNNING';
    pause = Math.min(pause * 1.5, LIMITS.pollMostMs)
  ) {
    if (requests.clock.now() > until)
      throw new UserError({
        doing,
        problem: `It did not end within ${LIMITS.queryMs / 60_000} minutes and was cancelled.`,
        next: 'Ask for less, or run it in the workspace.',
      });
    await requests.clock.sleep(pause, signal);
    found = requireStatement(
      doing,
      await withErrorWords(doing, 'Databricks no longer knows it.', () => requests.getJson(pathOf(first.id), {}, signal)),
    );
  }
  return found;
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

function requireStatement(doing: string, body: JsonObject): SqlStatement {
  const statement = statementOf(body);
  if (statement !== undefined) return statement;
  throw strangeAnswer(doing, 'The answer is not one that we know.');
}

/** The statement that an answer of the API describes; undefined where it describes none. */
export function statementOf(body: JsonObject): SqlStatement | undefined {
  const status = objectOf(body.status);
  const [id, state] = [textOf(body.statement_id), textOf(status.state)];
  if (id === undefined || state === undefined) return undefined;
  const { error, manifest } = { error: objectOf(status.error), manifest: objectOf(body.manifest) };
  return {
    id,
    state,
    error: textOf(error.message) ?? textOf(error.error_code),
    columns: objectsIn(objectOf(manifest.schema).columns).map(({ name }) => textOf(name) ?? ''),
    rows: itemsIn(objectOf(body.result).data_array).map((row) => itemsIn(row).map(cellText)),
    truncated: manifest.truncated === true,
  };
}

function cellText(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

// SQL statements: what the statement execution API answers, and queries that only read, stopped in the warehouse when their signal fires.
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../values/errors.ts';
import { type Json, type JsonObject, objectOf, stringifyJson } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { inWords } from '../http/errors.ts';
import { items, objects } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door } from '../http/requests.ts';
import { orAborted } from '../http/slots.ts';

/** `state` as the statement execution API has it: PENDING, RUNNING, SUCCEEDED, FAILED, CANCELED, CLOSED (facts: databricks#runs-and-statements). */
export interface Statement {
  readonly id: string;
  readonly state: string;
  /** Databricks' words for a failure: foreign text. */
  readonly error?: string | undefined;
  readonly columns: readonly string[];
  /** Values as text; null as `null`. */
  readonly rows: readonly (readonly string[])[];
  /** The result has more rows or bytes than were asked for. */
  readonly truncated: boolean;
}

export interface Query {
  readonly warehouseId: string;
  /** Whoever calls has made sure that it only reads. */
  readonly statement: string;
  readonly catalog?: string | undefined;
  readonly schema?: string | undefined;
  /** At most so many rows. */
  readonly rows: number;
}

const PATH = '/api/2.0/sql/statements';

/**
 * Runs a statement that reads and waits for its end: SUCCEEDED, FAILED, CANCELED or CLOSED. It is begun without waiting, so that its id is
 * known and it can be cancelled in the warehouse: when the signal fires, or after nine minutes (then it rejects with UserError).
 */
export async function runQuery(door: Door, query: Query, signal?: AbortSignal): Promise<Statement> {
  const doing = 'Running a query';
  const body = {
    ...{ warehouse_id: query.warehouseId, statement: query.statement, row_limit: query.rows, byte_limit: LIMITS.queryBytes },
    ...{ format: 'JSON_ARRAY', disposition: 'INLINE', wait_timeout: '0s' },
    ...(query.catalog === undefined ? {} : { catalog: query.catalog }),
    ...(query.schema === undefined ? {} : { schema: query.schema }),
  };
  signal?.throwIfAborted();
  const missing = `There is no SQL warehouse ${query.warehouseId} that you can use.`;
  // Without the signal: a statement whose answer nobody hears has no id to be cancelled by.
  const begun = inWords(doing, missing, () => door.post(PATH, body)).then((answer) => known(doing, answer));
  try {
    const first = await (signal === undefined ? begun : orAborted(begun, signal));
    return await ended(door, first, doing, signal);
  } catch (error) {
    // Nobody waits for it: who stopped wants to be let go at once, and a query that can't be cancelled ends by itself some day.
    void begun.then(({ id }) => door.post(`${pathOf(id)}/cancel`, {})).catch(() => {});
    throw error;
  }
}

async function ended(door: Door, first: Statement, doing: string, signal: AbortSignal | undefined): Promise<Statement> {
  const until = performance.now() + LIMITS.queryMs;
  let found = first;
  for (
    let pause: number = LIMITS.pollMs;
    found.state === 'PENDING' || found.state === 'RUNNING';
    pause = Math.min(pause * 1.5, LIMITS.pollMostMs)
  ) {
    if (performance.now() > until)
      throw new UserError({
        doing,
        problem: `It did not end within ${LIMITS.queryMs / 60_000} minutes and was cancelled.`,
        next: 'Ask for less, or run it in the workspace.',
      });
    await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
    found = known(doing, await inWords(doing, 'Databricks no longer knows it.', () => door.json(pathOf(first.id), {}, signal)));
  }
  return found;
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

function known(doing: string, body: JsonObject): Statement {
  const statement = statementOf(body);
  if (statement !== undefined) return statement;
  throw new UserError({
    doing,
    problem: 'The answer is not one that we know.',
    next: 'Try again; if it stays, show this to an administrator.',
  });
}

/** A statement in an answer of the API; undefined where it is none. */
export function statementOf(body: JsonObject): Statement | undefined {
  const status = objectOf(body.status);
  const [id, state] = [textOf(body.statement_id), textOf(status.state)];
  if (id === undefined || state === undefined) return undefined;
  const { error, manifest } = { error: objectOf(status.error), manifest: objectOf(body.manifest) };
  return {
    id,
    state,
    error: textOf(error.message) ?? textOf(error.error_code),
    columns: objects(objectOf(manifest.schema).columns).map(({ name }) => textOf(name) ?? ''),
    rows: items(objectOf(body.result).data_array).map((row) => items(row).map(shown)),
    truncated: manifest.truncated === true,
  };
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

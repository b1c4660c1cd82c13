// The calls that change a workspace, as one person: only approved proposals get here (rooms.test.ts).
import { type Clock, deadlineSignal, systemClock } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import type { TokenSource } from '../../values/patience.ts';
import { textOf } from '../../values/text.ts';
import { type SqlStatement, statementOf } from '../api/statements.ts';
import { LIMITS } from '../http/limits.ts';

/**
 * What became of a call. `refused`: Databricks says that it has not done it (4xx); `code` and `message` are its own: foreign text. `lost`:
 * nobody knows whether it has been done, since there was no answer, or one that leaves it open (5xx).
 */
export type CallOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'lost'; readonly why: string };

/**
 * Whatever Databricks does is an outcome; only the errors of `token` reject. No call is repeated, since it may have been done although no
 * answer came; only one whose token was refused (401) is made once more with another.
 */
export interface WorkspaceWrites {
  /**
   * jobs/run-now. The same token again answers the run that the first call made (its idempotency_token, 64 characters;
   * facts: databricks#runs-and-statements).
   */
  runNow(run: {
    jobId: string;
    parameters: Readonly<Record<string, string>>;
    idempotencyToken: string;
  }): Promise<CallOutcome<{ runId: string }>>;
  /** jobs/update: replaces these top-level settings of a job, and leaves the others (facts: databricks#job-definitions). */
  updateJob(jobId: string, settings: JsonObject): Promise<CallOutcome<void>>;
  /** Begins a statement and waits up to `waitSeconds` (5 to 50) for it; after that it goes on in the warehouse. */
  executeStatement(statement: {
    warehouseId: string;
    statement: string;
    rows: number;
    waitSeconds: number;
  }): Promise<CallOutcome<SqlStatement>>;
  /** A statement as it stands now. */
  getStatement(id: string): Promise<CallOutcome<SqlStatement>>;
  /** Makes a folder and those above it, where they do not exist yet. */
  mkdirs(path: string): Promise<CallOutcome<void>>;
  /** Writes a file or notebook, also over an existing one. Format AUTO decides which of the two it is, as when the CLI uploads. */
  importFile(path: string, bytes: Uint8Array): Promise<CallOutcome<void>>;
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: JsonObject | undefined;
  readonly idleMs: number;
}

export function createWorkspaceWrites(options: { host: string; token: TokenSource; clock?: Clock; log: Logger }): WorkspaceWrites {
  const { host, token, clock = systemClock, log } = options;

  /** The token that these calls began with, once it was refused. */
  let refused: string | undefined;

  async function call(
    method: 'GET' | 'POST',
    path: string,
    body: JsonObject | undefined,
    idleMs: number = LIMITS.callMs,
  ): Promise<CallOutcome<JsonObject>> {
    const used = await token(refused);
    const request = { method, path, body, idleMs };
    const sent = await send(used, request);
    if (sent.kind !== 'refused' || sent.status !== 401 || (refused ?? used) !== used) return sent;
    refused = used;
    // What goes wrong here is said by the refusal itself, unless there are words for people.
    const next = await token(used).catch((error: unknown) => (error instanceof UserError ? Promise.reject(error) : used));
    return next === used ? sent : send(next, request);
  }

  async function send(bearer: string, { method, path, body, idleMs }: Request): Promise<CallOutcome<JsonObject>> {
    const started = clock.now();
    try {
      // Plain fetch: it verifies TLS, follows no redirect here and repeats nothing.
      const answer = await fetch(`${host}${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'user-agent': 'dab-bot/0.1.0' },
        redirect: 'error',
        signal: deadlineSignal(clock, idleMs),
        ...(body === undefined ? {} : { body: stringifyJson(body) }),
      });
      const value = objectOf(await answer.text());
      log.info({ operation: `${method} ${path.split('?')[0]}`, status: answer.status, ms: clock.now() - started }, 'Wrote to Databricks');
      if (answer.ok && value !== undefined) return { kind: 'done', value };
      if (answer.status < 400 || answer.status >= 500) return { kind: 'lost', why: `Databricks answered with ${answer.status}` };
      return { kind: 'refused', status: answer.status, code: textOf(value?.error_code) ?? '', message: textOf(value?.message) ?? '' };
    } catch (error) {
      const why =
        error instanceof DOMException && error.name === 'TimeoutError' ? 'Databricks did not answer in time' : 'the connection was lost';
      log.warn({ operation: `${method} ${path.split('?')[0]}`, why, ms: clock.now() - started }, 'A write to Databricks has no answer');
      return { kind: 'lost', why };
    }
  }

  return {
    async runNow({ jobId, parameters, idempotencyToken }) {
      const overrides = Object.keys(parameters).length === 0 ? {} : { job_parameters: parameters };
      const sent = await call('POST', '/api/2.2/jobs/run-now', {
        job_id: BigInt(jobId),
        idempotency_token: idempotencyToken,
        ...overrides,
      });
      return mapValue(sent, ({ run_id: runId }) =>
        typeof runId === 'bigint' || typeof runId === 'number' ? { runId: String(runId) } : undefined,
      );
    },
    updateJob: async (jobId, settings) =>
      mapValue(await call('POST', '/api/2.2/jobs/update', { job_id: BigInt(jobId), new_settings: settings }), () => null),
    async executeStatement({ warehouseId, statement, rows, waitSeconds }) {
      const body = {
        ...{ warehouse_id: warehouseId, statement, row_limit: rows, format: 'JSON_ARRAY', disposition: 'INLINE' },
        ...{ wait_timeout: `${waitSeconds}s`, on_wait_timeout: 'CONTINUE' },
      };
      return mapValue(await call('POST', '/api/2.0/sql/statements', body, LIMITS.callMs + waitSeconds * 1000), statementOf);
    },
    getStatement: async (id) => mapValue(await call('GET', `/api/2.0/sql/statements/${encodeURIComponent(id)}`, undefined), statementOf),
    mkdirs: async (path) => mapValue(await call('POST', '/api/2.0/workspace/mkdirs', { path }), () => null),
    async importFile(path, bytes) {
      const content = Buffer.from(bytes).toString('base64');
      return mapValue(await call('POST', '/api/2.0/workspace/import', { path, content, format: 'AUTO', overwrite: true }), () => null);
    },
  };
}

/** An answer that lacks what it must hold counts as none: the call may have been done. */
function mapValue<T>(sent: CallOutcome<JsonObject>, read: (body: JsonObject) => T | undefined): CallOutcome<T extends null ? void : T>;
function mapValue<T>(sent: CallOutcome<JsonObject>, read: (body: JsonObject) => T | undefined): CallOutcome<T> {
  if (sent.kind !== 'done') return sent;
  const value = read(sent.value);
  return value === undefined ? { kind: 'lost', why: 'Databricks answered something unknown' } : { kind: 'done', value };
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text === '' ? '{}' : text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// /api/2.0/sql/statements: nothing is executed; a statement runs, then it has canned rows, or fails where it names no_such_table.
import { randomUUID } from 'node:crypto';
import { type Answer, type Call, invalid, missing, ok } from '../http/answer.ts';
import { bodyOf, bodyText } from '../http/body.ts';
import type { JsonObject } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import type { Workspace } from '../state/state.ts';

const COUNTRIES = ['Austria', 'Brazil', 'Chile', 'Denmark', 'Estonia', 'Finland', 'Ghana', 'Honduras', 'India', 'Japan'];
/** Rows that every query has. */
const ROWS = 150;

export function statementsRoutes(workspace: Workspace): Route[] {
  /** By id: what each answers when it is looked at next; the last answer stays. */
  const answers = new Map<string, JsonObject[]>();

  const execute = (call: Call): Answer => {
    const body = bodyOf(call);
    const warehouse = bodyText(body, 'warehouse_id');
    if (!workspace.warehouses.has(warehouse)) throw missing(`SQL warehouse ${warehouse} does not exist`);
    const statement = bodyText(body, 'statement');
    const wait = body.wait_timeout ?? '10s';
    if (typeof wait !== 'string' || !/^(0|[5-9]|[1-4]\d|50)s$/.test(wait)) throw invalid('wait_timeout must be 0s or between 5s and 50s');
    const id = randomUUID();
    const limit = typeof body.row_limit === 'number' ? body.row_limit : ROWS;
    const last = { statement_id: id, ...outcome(statement, limit) };
    // A comment makes it outlast the wait, as a cold warehouse would.
    const slow = statement.includes('/* slow */');
    answers.set(id, slow ? [{ statement_id: id, status: { state: 'RUNNING' } }, last] : [last]);
    return ok(slow ? { statement_id: id, status: { state: 'PENDING' } } : last);
  };

  const get = (call: Call): Answer => {
    const left = answers.get(call.params.id ?? '');
    if (left === undefined) throw missing(`The statement ${call.params.id} was not found.`);
    return ok((left.length > 1 ? left.shift() : left[0]) ?? {});
  };

  const cancel = (call: Call): Answer => {
    const id = call.params.id ?? '';
    if ((answers.get(id)?.length ?? 0) > 1) answers.set(id, [{ statement_id: id, status: { state: 'CANCELED' } }]);
    return ok();
  };

  return [
    route('POST', '/api/2.0/sql/statements', execute),
    route('GET', '/api/2.0/sql/statements/:id', get),
    route('POST', '/api/2.0/sql/statements/:id/cancel', cancel),
  ];
}

function outcome(statement: string, limit: number): JsonObject {
  if (statement.includes('no_such_table')) {
    const message = '[TABLE_OR_VIEW_NOT_FOUND] The table or view `no_such_table` cannot be found. Verify the spelling. SQLSTATE: 42P01';
    return { status: { state: 'FAILED', error: { error_code: 'BAD_REQUEST', message } } };
  }
  const query = /^\s*(\/\*.*?\*\/\s*)*(select|show|describe|with|values|table)\b/i.test(statement);
  const columns = query ? ['country', 'orders'] : ['num_affected_rows'];
  const rows = query
    ? Array.from({ length: ROWS }, (_, row) => [COUNTRIES[row % COUNTRIES.length] ?? '', row === 1 ? null : String(row)])
    : [['3']];
  return {
    status: { state: 'SUCCEEDED' },
    manifest: {
      format: 'JSON_ARRAY',
      schema: { column_count: columns.length, columns: columns.map((name, position) => ({ name, position, type_text: 'STRING' })) },
      total_row_count: Math.min(rows.length, limit),
      truncated: rows.length > limit,
    },
    result: { chunk_index: 0, row_offset: 0, data_array: rows.slice(0, limit) },
  };
}

// /api/2.0/postgres/credentials: passwords of an hour for Lakebase's endpoints, as the server behind each takes them.
import { type Call, invalid, missing, ok } from '../http/answer.ts';
import { bodyOf, bodyText } from '../http/body.ts';
import { type Route, route } from '../http/router.ts';
import type { Workspace } from '../state/state.ts';

const LIFETIME_MS = 3_600_000;

export function lakebaseRoutes(workspace: Workspace): Route[] {
  /** The shape of the answer: facts: databricks#lakebase-and-postgres. */
  const credentials = (call: Call) => {
    const endpoint = bodyText(bodyOf(call), 'endpoint');
    if (!/^projects\/[^/]+\/branches\/[^/]+\/endpoints\/[^/]+$/.test(endpoint))
      throw invalid(`${endpoint} is not the name of an endpoint.`);
    const password = workspace.lakebase.get(endpoint);
    if (password === undefined) throw missing(`Endpoint ${endpoint} does not exist.`);
    return ok({ token: password(call.user.userName), expire_time: new Date(workspace.now() + LIFETIME_MS).toISOString() });
  };
  return [route('POST', '/api/2.0/postgres/credentials', credentials)];
}

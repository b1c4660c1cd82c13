// Who is asking (SCIM), what host this is, and the CLI's telemetry, which is counted and thrown away.
import { type Call, ok, type User } from '../http/answer.ts';
import { isObject, type JsonObject, parseJson } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import { WORKSPACE_ID, type Workspace } from '../state/state.ts';

export function identityRoutes(workspace: Workspace): Route[] {
  const orgHeader = { 'x-databricks-org-id': WORKSPACE_ID };
  const list = (resources: JsonObject[]): JsonObject => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  });
  const nobody = () => ok(list([]));
  return [
    route('GET', '/api/2.0/preview/scim/v2/Me', ({ user }) => ok(describeUser(user), orgHeader)),
    route('GET', '/api/2.0/preview/scim/v2/Users', (call) => ok(list(filtered(call, workspace.users).map(describeUser)))),
    route('GET', '/api/2.0/preview/scim/v2/Groups', nobody),
    route('POST', '/telemetry-ext', ({ body }) => ok({ errors: [], numProtoSuccess: countLogs(body) })),
  ];
}

function describeUser(user: User): JsonObject {
  const groups = ['users', ...(user.admin ? ['admins'] : [])].map((display) => ({ display, type: 'direct' }));
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: user.id,
    userName: user.userName,
    displayName: user.displayName,
    name: { givenName: user.displayName.split(' ')[0] ?? '', familyName: user.displayName.split(' ').slice(1).join(' ') },
    emails: [{ type: 'work', value: user.userName, primary: true }],
    active: true,
    groups,
  };
}

function filtered(call: Call, users: readonly User[]): User[] {
  const wanted = /userName eq "?([^"]+)"?/i.exec(call.query.get('filter') ?? '')?.[1];
  return users.filter((user) => wanted === undefined || user.userName === wanted);
}

function countLogs(body: Buffer): number {
  try {
    const parsed = parseJson(body.toString('utf8'));
    return isObject(parsed) && Array.isArray(parsed.protoLogs) ? parsed.protoLogs.length : 0;
  } catch {
    return 0;
  }
}

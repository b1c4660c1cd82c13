// Who is asking (SCIM), what host this is, and the CLI's telemetry, which is counted and thrown away.
import { type Call, forbidden, invalid, ok, type User } from '../http/answer.ts';
import { isObject, type JsonObject, parseJson } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import { groupsOf } from '../state/grants.ts';
import { ACCOUNT_ID, WORKSPACE_ID, type Workspace } from '../state/state.ts';

/** Ids of groups count up from here. */
const FIRST_GROUP = 815_162_342_101;

export function identityRoutes(workspace: Workspace): Route[] {
  const orgHeader = { 'x-databricks-org-id': WORKSPACE_ID };
  const list = (resources: JsonObject[]): JsonObject => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  });
  const groups = ({ query, user }: Call) => {
    const wanted = nameIn(query, 'displayName');
    const all = [...new Set(workspace.users.flatMap(groupsOf))].map((displayName, index) => ({
      id: String(FIRST_GROUP + index),
      displayName,
    }));
    // Who is in a group is for admins (facts: databricks#sign-in-with-oauth).
    return ok(
      list(
        all
          .filter(({ displayName }) => wanted === undefined || displayName === wanted)
          .map((group) => (user.admin ? { ...group, members: membersOf(workspace, group.displayName) } : group)),
      ),
    );
  };
  /** The roles on a service principal, for whoever manages it; that nobody else reads them is our rule (facts: databricks#who-may-do-what). */
  const ruleSets = ({ query, user }: Call) => {
    const name = query.get('name') ?? '';
    const [, account, principal = ''] = /^accounts\/([^/]+)\/servicePrincipals\/([^/]+)\/ruleSets\/default$/.exec(name) ?? [];
    if (account !== ACCOUNT_ID) throw invalid(`${name} is no rule set of this account.`);
    const managers = workspace.principalManagers.get(principal) ?? [];
    if (!managers.some((one) => one === user.userName || groupsOf(user).includes(one)))
      throw forbidden(`User ${user.userName} may not read the rule set of service principal ${principal}.`);
    const rule = (role: string, names: readonly string[]) => ({
      role: `roles/servicePrincipal.${role}`,
      principals: names.map((one) => `${one.includes('@') ? 'users' : 'groups'}/${one}`),
    });
    const rules = [rule('manager', managers), rule('user', workspace.principalUsers.get(principal) ?? [])];
    return ok({ name, etag: 'standin', grant_rules: rules.filter(({ principals }) => principals.length > 0) });
  };
  return [
    route('GET', '/api/2.0/preview/accounts/access-control/rule-sets', ruleSets),
    route('GET', '/api/2.0/preview/scim/v2/Me', ({ user }) => ok(describeUser(user), orgHeader)),
    route('GET', '/api/2.0/preview/scim/v2/Users', (call) => ok(list(filtered(call, workspace.users).map(describeUser)))),
    route('GET', '/api/2.0/preview/scim/v2/Groups', groups),
    route('POST', '/telemetry-ext', ({ body }) => ok({ errors: [], numProtoSuccess: countLogs(body) })),
  ];
}

function describeUser(user: User): JsonObject {
  const groups = groupsOf(user).map((display) => ({ display, type: 'direct' }));
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
  const wanted = nameIn(call.query, 'userName');
  return users.filter((user) => wanted === undefined || user.userName === wanted);
}

/** The name in a filter such as `userName eq "ana@acme.example"`. */
function nameIn(query: URLSearchParams, field: 'userName' | 'displayName'): string | undefined {
  const [, name, wanted] = /(\w+) eq "?([^"]+)"?/i.exec(query.get('filter') ?? '') ?? [];
  return name === field ? wanted : undefined;
}

function membersOf({ users }: Workspace, group: string): JsonObject[] {
  const members = users.filter((user) => groupsOf(user).includes(group));
  return members.map(({ id, displayName }) => ({ display: displayName, value: id, $ref: `Users/${id}` }));
}

function countLogs(body: Buffer): number {
  try {
    const parsed = parseJson(body.toString('utf8'));
    return isObject(parsed) && Array.isArray(parsed.protoLogs) ? parsed.protoLogs.length : 0;
  } catch {
    return 0;
  }
}

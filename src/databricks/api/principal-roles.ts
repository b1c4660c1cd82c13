// Who has which role on a service principal: the account keeps it, and a workspace passes the question on.
import { type JsonObject, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { unlessUnreadable } from '../http/errors.ts';
import type { QueryParameters, Requests } from '../http/requests.ts';
import type { Access } from './permissions.ts';

type Holder = Pick<Access, 'principal' | 'name'>;

interface PrincipalRoles {
  /** They may let jobs run as it; who only manages it may not (facts: databricks#who-may-do-what). */
  readonly users: readonly Holder[];
  /** They may give that role. */
  readonly managers: readonly Holder[];
}

/** Of a service principal, by its application id; undefined where this person may not read it, which is often so. */
export async function rolesOnPrincipal(
  requests: Requests,
  applicationId: string,
  signal?: AbortSignal,
): Promise<PrincipalRoles | undefined> {
  if (!/^[\w-]+$/.test(applicationId)) return undefined;
  // A workspace that has no such answer, or not for this person, is none that is down.
  const ask = (path: string, query: QueryParameters) =>
    unlessUnreadable('Reading who may use a service principal', () => requests.getJson(path, query, signal));
  const account = textOf((await ask('/.well-known/databricks-config', {}))?.account_id);
  if (account === undefined) return undefined;
  const name = `accounts/${account}/servicePrincipals/${applicationId}/ruleSets/default`;
  const rules = (await ask('/api/2.0/preview/accounts/access-control/rule-sets', { name, etag: '' }))?.grant_rules;
  if (rules === undefined) return undefined;
  const holders = (role: string) =>
    objectsIn(rules).flatMap((rule) => (rule.role === `roles/servicePrincipal.${role}` ? holdersIn(rule) : []));
  return { users: holders('user'), managers: holders('manager') };
}

const KINDS = { users: 'user_name', groups: 'group_name', servicePrincipals: 'service_principal_name' } as const;

/** Principals such as `users/ana@acme.example`. */
function holdersIn({ principals }: JsonObject): Holder[] {
  const all = Array.isArray(principals) ? principals : [];
  return all.flatMap((principal) => {
    const [, kind, name] = /^(users|groups|servicePrincipals)\/(.+)$/.exec(String(principal)) ?? [];
    return name === undefined ? [] : [{ principal: KINDS[kind as keyof typeof KINDS], name }];
  });
}

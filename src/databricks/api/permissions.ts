// Who may do what with a job, pipeline or dashboard: the direct grants, which a bundle can carry.
import type { Grant, ResourceType } from '../../bundle/model/bundle.ts';
import { type Json, type JsonObject, objectsIn } from '../../values/json.ts';
import { unlessAnsweredWithError, withErrorWords } from '../http/errors.ts';
import { hostSlots } from '../http/host-slots.ts';
import type { Requests } from '../http/requests.ts';

const PRINCIPALS = ['user_name', 'group_name', 'service_principal_name'] as const;

/** What somebody or a group may do with an object, on it or from above, ownership included. */
export interface Access {
  readonly principal: Grant['principal'];
  readonly name: string;
  readonly levels: readonly string[];
}

/** Everybody who may do something with an object; undefined where that may not be read. */
export async function listAccess(
  requests: Requests,
  type: ResourceType | 'directories',
  id: string,
  signal?: AbortSignal,
): Promise<Access[] | undefined> {
  const body = await permissionsOf(requests, type, id, signal);
  return (
    body &&
    objectsIn(body.access_control_list).flatMap((entry): Access[] => {
      const principal = principalIn(entry);
      if (principal === undefined) return [];
      const levels = objectsIn(entry.all_permissions).flatMap(({ permission_level: level }) => (typeof level === 'string' ? [level] : []));
      return [{ principal, name: String(entry[principal]), levels }];
    })
  );
}

/**
 * The direct grants on a resource, ownership included; undefined where they may not be read. What is inherited is left out
 * (`all_permissions[].inherited` of GET permissions).
 */
export async function listPermissions(
  requests: Requests,
  type: ResourceType,
  id: string,
  signal?: AbortSignal,
): Promise<Grant[] | undefined> {
  const body = await permissionsOf(requests, type, id, signal);
  return body && directPermissionsIn(body.access_control_list);
}

function permissionsOf(requests: Requests, type: string, id: string, signal?: AbortSignal): Promise<JsonObject | undefined> {
  const path = `/api/2.0/permissions/${type}/${encodeURIComponent(id)}`;
  const slot = hostSlots(requests, 'permissionsPerSecond');
  return unlessAnsweredWithError(() =>
    withErrorWords('Reading permissions', 'There are none.', () => slot(() => requests.getJson(path, {}, signal), signal)),
  );
}

function principalIn(entry: JsonObject): Grant['principal'] | undefined {
  return PRINCIPALS.find((name) => typeof entry[name] === 'string' && entry[name] !== '');
}

/** The direct grants in an `access_control_list`. */
export function directPermissionsIn(list: Json | undefined): Grant[] {
  return objectsIn(list).flatMap((entry) => {
    const principal = principalIn(entry);
    if (principal === undefined) return [];
    return objectsIn(entry.all_permissions).flatMap(({ inherited, permission_level: level }): Grant[] =>
      inherited === true || typeof level !== 'string' ? [] : [{ principal, name: String(entry[principal]), level }],
    );
  });
}

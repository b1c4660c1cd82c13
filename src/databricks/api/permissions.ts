// Who may do what with a job, pipeline or dashboard: the direct grants, which a bundle can carry.
import type { Grant, ResourceType } from '../../bundle/model/bundle.ts';
import { type Json, objectsIn } from '../../values/json.ts';
import { unlessAnsweredWithError, withErrorWords } from '../http/errors.ts';
import type { Requests } from '../http/requests.ts';
import { hostSlots } from '../http/slots.ts';

const PRINCIPALS = ['user_name', 'group_name', 'service_principal_name'] as const;

/**
 * The direct grants on a resource; undefined where they may not be read. Ownership is left out, since whoever deploys a resource owns it,
 * and so is what is inherited (`all_permissions[].inherited` of GET permissions).
 */
export async function listPermissions(
  requests: Requests,
  type: ResourceType,
  id: string,
  signal?: AbortSignal,
): Promise<Grant[] | undefined> {
  const path = `/api/2.0/permissions/${type}/${encodeURIComponent(id)}`;
  const slot = hostSlots(requests, 'permissionsPerSecond');
  const body = await unlessAnsweredWithError(() =>
    withErrorWords('Reading permissions', 'There are none.', () => slot(() => requests.getJson(path, {}, signal), signal)),
  );
  return body && directPermissionsIn(body.access_control_list);
}

/** The direct grants in an `access_control_list`. */
export function directPermissionsIn(list: Json | undefined): Grant[] {
  return objectsIn(list).flatMap((entry) => {
    const principal = PRINCIPALS.find((name) => typeof entry[name] === 'string' && entry[name] !== '');
    if (principal === undefined) return [];
    return objectsIn(entry.all_permissions).flatMap(({ inherited, permission_level: level }): Grant[] =>
      inherited === true || typeof level !== 'string' || level === 'IS_OWNER' ? [] : [{ principal, name: String(entry[principal]), level }],
    );
  });
}

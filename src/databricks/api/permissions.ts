// Who may do what with a job, pipeline or dashboard: direct grants, as a bundle can write them.
import type { Grant, ResourceType } from '../../bundle/model/bundle.ts';
import type { Json } from '../../values/json.ts';
import { inWords, statusOf } from '../http/errors.ts';
import { objects } from '../http/json-fields.ts';
import type { Door } from '../http/requests.ts';
import { hostSlots } from '../http/slots.ts';

const PRINCIPALS = ['user_name', 'group_name', 'service_principal_name'] as const;

/**
 * Direct grants of a thing, by who; ownership is left out, since whoever deploys owns what is deployed, and so is what is inherited
 * (`all_permissions[].inherited` of GET permissions). undefined: they may not be read.
 */
export async function readGrants(door: Door, type: ResourceType, id: string, signal?: AbortSignal): Promise<Grant[] | undefined> {
  try {
    const body = await inWords('Reading permissions', 'There are none.', () =>
      hostSlots(door.host, 'permissionsPerSecond')(
        () => door.json(`/api/2.0/permissions/${type}/${encodeURIComponent(id)}`, {}, signal),
        signal,
      ),
    );
    return grantsIn(body.access_control_list);
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status < 400 || status === 401 || status === 429) throw error;
    return undefined;
  }
}

/** The direct grants in an `access_control_list`. */
export function grantsIn(list: Json | undefined): Grant[] {
  return objects(list).flatMap((entry) => {
    const principal = PRINCIPALS.find((name) => typeof entry[name] === 'string' && entry[name] !== '');
    if (principal === undefined) return [];
    return objects(entry.all_permissions).flatMap(({ inherited, permission_level: level }): Grant[] =>
      inherited === true || typeof level !== 'string' || level === 'IS_OWNER' ? [] : [{ principal, name: String(entry[principal]), level }],
    );
  });
}

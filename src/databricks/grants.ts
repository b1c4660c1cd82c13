// Who may do what with a job, pipeline or dashboard: direct grants, as a bundle can write them.
import type { Grant, ResourceType } from '../bundle/bundle.ts';
import { isObject, type Json } from '../bundle/json.ts';
import { UpstreamError } from '../errors.ts';
import type { Door } from './client.ts';

const PRINCIPALS = ['user_name', 'group_name', 'service_principal_name'] as const;

/**
 * Direct grants of a thing, by who; ownership is left out, since whoever deploys owns what is deployed, and so is what is inherited
 * (`all_permissions[].inherited` of GET permissions). undefined: they may not be read.
 */
export async function readGrants(door: Door, type: ResourceType, id: string, signal?: AbortSignal): Promise<Grant[] | undefined> {
  try {
    const body = await door.json(`/api/2.0/permissions/${type}/${encodeURIComponent(id)}`, {}, signal);
    return grantsIn(body.access_control_list);
  } catch (error) {
    const status = error instanceof UpstreamError ? error.failure.status : undefined;
    if (status === undefined || status < 400 || status === 401 || status === 429) throw error;
    return undefined;
  }
}

/** The direct grants in an `access_control_list`. */
export function grantsIn(list: Json | undefined): Grant[] {
  const entries: readonly Json[] = Array.isArray(list) ? list : [];
  return entries.flatMap((entry): Grant[] => {
    if (!isObject(entry)) return [];
    const principal = PRINCIPALS.find((name) => typeof entry[name] === 'string' && entry[name] !== '');
    const permissions: readonly Json[] = Array.isArray(entry.all_permissions) ? entry.all_permissions : [];
    if (principal === undefined) return [];
    return permissions.flatMap((permission): Grant[] => {
      if (!isObject(permission) || permission.inherited === true) return [];
      const level = permission.permission_level;
      return typeof level !== 'string' || level === 'IS_OWNER' ? [] : [{ principal, name: String(entry[principal]), level }];
    });
  });
}

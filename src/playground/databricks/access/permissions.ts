// /api/2.0/permissions: read, replace and add grants of jobs, directories and the rest.
import { type Answer, type Call, invalid, missing, ok, Refusal, type User } from '../http/answer.ts';
import { bodyOf } from '../http/body.ts';
import { isObject, type Json, type JsonObject, objectsIn, textOf } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import type { Workspace } from '../state/state.ts';
import { checkMayManage, findJob } from './job-access.ts';
import { checkMayChange } from './object-access.ts';

/** The object types of the request path and what answers call them (Databricks' permissions API). */
const TYPES: Readonly<Record<string, string>> = {
  jobs: 'job',
  directories: 'directory',
  notebooks: 'notebook',
  files: 'file',
  clusters: 'cluster',
  pipelines: 'pipelines',
  dashboards: 'dashboard',
  'cluster-policies': 'cluster-policy',
  'instance-pools': 'instance-pool',
  'sql/warehouses': 'warehouses',
};
const NAMES: Readonly<Record<string, string>> = { jobs: 'Job', pipelines: 'Pipeline', dashboards: 'Dashboard' };
/** Kinds whose grants must name exactly one owner. */
const OWNED: Readonly<Record<string, string>> = { jobs: 'job', pipelines: 'pipeline' };
/** Levels by kind (the Permissions API's documentation); kinds that are not here take any. */
const LEVELS: Readonly<Record<string, readonly string[]>> = {
  jobs: ['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
  pipelines: ['CAN_VIEW', 'CAN_RUN', 'CAN_MANAGE', 'IS_OWNER'],
  dashboards: ['CAN_READ', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE'],
};
const PRINCIPALS = ['user_name', 'group_name', 'service_principal_name'] as const;

export function permissionsRoutes(workspace: Workspace): Route[] {
  const answer = (type: string, id: string): Answer => {
    const objectId = `/${type}/${id}`;
    const direct = workspace.grants.get(objectId) ?? defaultGrants(workspace, type, id);
    return ok({
      object_id: objectId,
      object_type: TYPES[type] ?? type,
      access_control_list: [...direct, ...inheritedGrants(workspace, type, id)],
    });
  };
  const target = (call: Call): { type: string; id: string; objectId: string } => {
    const { prefix, type: plain = '', id = '' } = call.params;
    const type = prefix === undefined ? plain : `${prefix}/${plain}`;
    if (TYPES[type] === undefined) throw invalid(`'${type}' is not a supported object type.`);
    // Grants of what was deleted stay readable for a while (the CLI's fake permissions.go); a plan after such a deletion needs that.
    if (type === 'jobs' && workspace.jobs.has(id)) findJob(workspace, id, call.user);
    else if (!exists(workspace, type, id) && !workspace.grants.has(`/${type}/${id}`)) throw missing(`${NAMES[type]} ${id} does not exist.`);
    return { type, id, objectId: `/${type}/${id}` };
  };
  const read = (call: Call): Answer => {
    const { type, id } = target(call);
    return answer(type, id);
  };
  const write =
    (merge: boolean) =>
    (call: Call): Answer => {
      const { type, id, objectId } = target(call);
      if (type === 'jobs') checkMayManage(workspace, findJob(workspace, id, call.user), call.user);
      else checkMayGrant(workspace, call.user, type, id);
      const asked = objectsIn(bodyOf(call).access_control_list).map(toGrant);
      // The last word on somebody counts (the CLI's fake permissions.go).
      const sent = [...new Map(asked.map((grant) => [principalOf(grant), grant])).values()];
      const before = merge ? (workspace.grants.get(objectId) ?? defaultGrants(workspace, type, id)) : [];
      const odd = sent.flatMap(levelsOf).find((level) => LEVELS[type]?.includes(String(level)) === false);
      if (odd !== undefined) throw invalid(`Permission level ${String(odd)} is not supported for object type ${TYPES[type]}.`);
      const names = new Set(sent.map(principalOf));
      const grants = [...before.filter((grant) => !names.has(principalOf(grant))), ...sent];
      const owned = OWNED[type];
      if (owned !== undefined && grants.filter((grant) => levelsOf(grant).includes('IS_OWNER')).length !== 1) {
        throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `The ${owned} must have exactly one owner.`);
      }
      workspace.grants.set(objectId, grants);
      return answer(type, id);
    };
  return ['', ':prefix/'].flatMap((prefix) => {
    const pattern = `/api/2.0/permissions/${prefix}:type/:id`;
    return [route('GET', pattern, read), route('PUT', pattern, write(false)), route('PATCH', pattern, write(true))];
  });
}

/** An entry of a request ({user_name, permission_level}) as answers show it. */
export function toGrant(entry: JsonObject): JsonObject {
  if (Array.isArray(entry.all_permissions)) return entry;
  const grant: JsonObject = {};
  for (const name of PRINCIPALS) if (typeof entry[name] === 'string') grant[name] = entry[name];
  const display = entry.user_name ?? entry.service_principal_name;
  if (display !== undefined) grant.display_name = display;
  grant.all_permissions = [{ permission_level: entry.permission_level ?? null, inherited: false }];
  return grant;
}

function principalOf(grant: JsonObject): string {
  return PRINCIPALS.map((name) => String(grant[name] ?? '')).join('|');
}

function levelsOf(grant: JsonObject): Json[] {
  return objectsIn(grant.all_permissions).map((permission) => permission.permission_level ?? null);
}

function exists(workspace: Workspace, type: string, id: string): boolean {
  const of: Readonly<Record<string, ReadonlyMap<string, unknown>>> = {
    jobs: workspace.jobs,
    pipelines: workspace.pipelines,
    dashboards: workspace.dashboards,
  };
  return of[type]?.has(id) ?? true;
}

function creatorOf(workspace: Workspace, type: string, id: string): string | undefined {
  if (type === 'jobs') return workspace.jobs.get(id)?.creator;
  return type === 'pipelines' ? textOf(workspace.pipelines.get(id)?.creator_user_name) : workspace.dashboards.get(id)?.creator;
}

function checkMayGrant(workspace: Workspace, user: User, type: string, id: string): void {
  if (type === 'pipelines' || type === 'dashboards')
    checkMayChange(workspace, user, { id: `/${type}/${id}`, creator: creatorOf(workspace, type, id), levels: ['CAN_MANAGE', 'IS_OWNER'] });
}

function defaultGrants(workspace: Workspace, type: string, id: string): JsonObject[] {
  const owner = creatorOf(workspace, type, id);
  return owner === undefined ? [] : [toGrant({ user_name: owner, permission_level: type === 'dashboards' ? 'CAN_MANAGE' : 'IS_OWNER' })];
}

/** What comes from above: admins manage every job, pipeline and folder, and what is in a home folder is managed by its user. */
function inheritedGrants(workspace: Workspace, type: string, id: string): JsonObject[] {
  const inherited = (from: string): Json => [{ permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: [from] }];
  if (OWNED[type] !== undefined) return [{ group_name: 'admins', all_permissions: inherited(`/${type}/`) }];
  if (type !== 'directories' && type !== 'dashboards') return [];
  const path = type === 'directories' ? workspace.files.byId(id)?.path : textOf(workspace.dashboards.get(id)?.draft.path);
  const home = /^\/Users\/([^/]+)/.exec(path ?? '')?.[1];
  const owner: JsonObject[] =
    home === undefined ? [] : [{ user_name: home, display_name: home, all_permissions: inherited('/directories/') }];
  return [...owner, { group_name: 'admins', all_permissions: inherited('/directories/') }].filter(isObject);
}

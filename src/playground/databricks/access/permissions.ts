// /api/2.0/permissions: read, replace and add grants of jobs, directories and the rest; who may, and that ownership moves by owners and admins alone.
import { type Answer, type Call, forbidden, invalid, missing, ok, type User } from '../http/answer.ts';
import { bodyOf } from '../http/body.ts';
import { type JsonObject, objectsIn } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import { asInherited, LEVEL, levelsOf, merged, ownerIn, principalOf, toGrant } from '../state/grants.ts';
import type { Workspace } from '../state/state.ts';
import { grantsOn, levelOn, OWNED, ownerOf, pathOf } from './object-access.ts';
import { findVisible, inheritedAt } from './path-access.ts';

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
const IN_THE_TREE = ['CAN_READ', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE'];
/** Levels by kind (the Permissions API's documentation); kinds that are not here take any, from anybody. */
const LEVELS: Readonly<Record<string, readonly string[]>> = {
  jobs: ['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
  pipelines: ['CAN_VIEW', 'CAN_RUN', 'CAN_MANAGE', 'IS_OWNER'],
  dashboards: IN_THE_TREE,
  directories: IN_THE_TREE,
  notebooks: IN_THE_TREE,
  files: IN_THE_TREE,
};
const NAMES: Readonly<Record<string, string>> = { jobs: 'Job', pipelines: 'Pipeline', dashboards: 'Dashboard' };

export function permissionsRoutes(workspace: Workspace): Route[] {
  const answer = (type: string, id: string): Answer =>
    ok({
      object_id: `/${type}/${id}`,
      object_type: TYPES[type] ?? type,
      access_control_list: merged([...grantsOn(workspace, type, id), ...inheritedGrants(workspace, type, id)]),
    });
  const target = (call: Call): { type: string; id: string } => {
    const { prefix, type: plain = '', id = '' } = call.params;
    const type = prefix === undefined ? plain : `${prefix}/${plain}`;
    if (TYPES[type] === undefined) throw invalid(`'${type}' is not a supported object type.`);
    checkExists(workspace, call.user, type, id);
    // Reading them takes as much as changing them (the CLI's fake permissions.go, for jobs).
    if (LEVELS[type] !== undefined && levelOn(workspace, call.user, type, id) < LEVEL.manage)
      throw forbidden(refusal(workspace, call.user, type, id));
    return { type, id };
  };
  const read = (call: Call): Answer => {
    const { type, id } = target(call);
    return answer(type, id);
  };
  const write =
    (merge: boolean) =>
    (call: Call): Answer => {
      const { type, id } = target(call);
      const asked = objectsIn(bodyOf(call).access_control_list).map(toGrant);
      // The last word on somebody counts (the CLI's fake permissions.go).
      const sent = [...new Map(asked.map((grant) => [principalOf(grant), grant])).values()];
      const odd = sent.flatMap(levelsOf).find((level) => LEVELS[type]?.includes(String(level)) === false);
      if (odd !== undefined) throw invalid(`Permission level ${String(odd)} is not supported for object type ${TYPES[type]}.`);
      const names = new Set(sent.map(principalOf));
      const before = merge ? grantsOn(workspace, type, id).filter((grant) => !names.has(principalOf(grant))) : [];
      const grants = [...before, ...sent];
      checkOwner(workspace, call.user, { type, id, grants });
      workspace.grants.set(`/${type}/${id}`, grants);
      runAsOwner(workspace, type, id);
      return answer(type, id);
    };
  return ['', ':prefix/'].flatMap((prefix) => {
    const pattern = `/api/2.0/permissions/${prefix}:type/:id`;
    return [route('GET', pattern, read), route('PUT', pattern, write(false)), route('PATCH', pattern, write(true))];
  });
}

/** Grants of what was deleted stay readable for a while (the CLI's fake permissions.go); a plan after such a deletion needs that. */
function checkExists(workspace: Workspace, user: User, type: string, id: string): void {
  if (type === 'directories' || type === 'notebooks' || type === 'files') {
    const path = pathOf(workspace, type, id);
    if (path === undefined) throw missing(`Workspace object ${id} does not exist.`);
    findVisible(workspace, user, path);
    return;
  }
  const of: Readonly<Record<string, ReadonlyMap<string, unknown>>> = {
    jobs: workspace.jobs,
    pipelines: workspace.pipelines,
    dashboards: workspace.dashboards,
  };
  if (of[type]?.has(id) !== false || workspace.grants.has(`/${type}/${id}`)) return;
  throw missing(`${NAMES[type]} ${id} does not exist.`);
}

/** The words for jobs stand in the CLI's fake jobs.go, those for pipelines in its tests, those for folders were reported. */
function refusal(workspace: Workspace, { userName }: User, type: string, id: string): string {
  if (type === 'pipelines') return `User ${userName} does not have Manage permissions on pipeline ${id}.`;
  const what = type === 'jobs' ? `Job with ID: ElasticJobId(${id})` : (pathOf(workspace, type, id) ?? `/${type}/${id}`);
  return `${userName} does not have Manage permissions on ${what}. Please contact the owner or an administrator for access.`;
}

/** A job or pipeline has exactly one owner, whom only the owner before and admins change (facts: databricks#who-may-do-what). */
function checkOwner(workspace: Workspace, user: User, object: { type: string; id: string; grants: readonly JsonObject[] }): void {
  const { type, id, grants } = object;
  const owned = OWNED[type];
  if (owned === undefined) return;
  if (grants.filter((grant) => levelsOf(grant).includes('IS_OWNER')).length !== 1)
    throw invalid(`The ${owned} must have exactly one owner.`);
  const before = ownerOf(workspace, type, id);
  if (ownerIn(grants) !== before && !user.admin && user.userName !== before)
    throw forbidden(`User ${user.userName} is not allowed to change the owner of ${owned} ${id}: only its owner and workspace admins are.`);
}

/** What names nobody to run as runs as its owner, also after that is somebody else. */
function runAsOwner(workspace: Workspace, type: string, id: string): void {
  const owner = ownerOf(workspace, type, id);
  const job = type === 'jobs' ? workspace.jobs.get(id) : undefined;
  if (job !== undefined && owner !== undefined && job.settings.run_as === undefined) job.runAs = owner;
  const pipeline = type === 'pipelines' ? workspace.pipelines.get(id) : undefined;
  if (pipeline !== undefined && owner !== undefined && pipeline.run_as === undefined) pipeline.run_as_user_name = owner;
}

/** What comes from above: admins manage every job, pipeline and folder. */
function inheritedGrants(workspace: Workspace, type: string, id: string): JsonObject[] {
  if (OWNED[type] !== undefined) return [asInherited(toGrant({ group_name: 'admins', permission_level: 'CAN_MANAGE' }), `/${type}/`)];
  const path = pathOf(workspace, type, id);
  return path === undefined ? [] : inheritedAt(workspace, path);
}

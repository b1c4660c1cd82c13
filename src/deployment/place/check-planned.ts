// What a plan says of its place, held against what is known of it: state that can't be read, resources of others, identities that this person can't set.
import type { Bundle, ResourceType } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { Me } from '../../databricks/api/me.ts';
import { isAdmin, mayManage, mayRunAs } from '../../databricks/read/access.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { PlaceRow } from '../../storage/deployment-places.ts';
import { type JsonObject, objectOf, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { entriesOf, type PlanEntry, remoteOf } from '../cli/plan-json.ts';
import { identityRefused, originalLost, ownerRefused, principalRefused, resourcesOfOthers, stateUnreadable } from './place-words.ts';

interface PlannedPlace {
  readonly plan: JsonObject;
  readonly rootPath: string;
  readonly place: PlaceRow | undefined;
  /** Absent where nothing is asked: a development target in one's own home. */
  readonly me: Me | undefined;
  readonly bundle: Pick<Bundle, 'resources'>;
  /** Jobs that the same approval pauses. */
  readonly pausing?: readonly { readonly key: string; readonly id: string }[];
}

/** Why this person must not be offered the plan; undefined where they may. */
export async function checkPlanned(
  workspace: Pick<Workspace, 'statusOf' | 'listAccess' | 'rolesOnPrincipal'>,
  { plan, rootPath, place, me, bundle, pausing = [] }: PlannedPlace,
  signal?: AbortSignal,
): Promise<NoProof | undefined> {
  const lost = lostOriginals(plan, place, bundle);
  if (lost !== undefined) return originalLost(lost);
  if (me === undefined) return undefined;
  // To the CLI state that answers 404 is a place where nothing was deployed (facts: bundles#deployment-folders).
  const isFirst = textOf(plan.lineage) === undefined;
  if (isFirst && (place?.bundleDigest !== undefined || (await isDeployed(workspace, rootPath, signal))))
    return stateUnreadable(rootPath, place);
  const own = entriesOf(plan).filter(({ node }) => /^resources\.(jobs|pipelines|dashboards)\.[^.]+$/.test(node));
  const refused = isAdmin(me) ? [] : own.flatMap((entry) => otherIdentity(entry, me));
  const [first] = refused;
  if (first !== undefined) return identityRefused(first);
  const principal = await otherPrincipal(workspace, me, own, signal);
  if (principal !== undefined) return principalRefused(principal);
  const owned = isAdmin(me) ? undefined : await ownerOfOthers(workspace, me, plan, signal);
  if (owned !== undefined) return ownerRefused(owned);
  const changed = [...own.flatMap(existing), ...pausing.map((one) => ({ ...one, type: 'jobs' as const }))];
  const others = await Promise.all(changed.map((one) => unmanaged(workspace, me, one, signal)));
  return resourcesOfOthers(
    others.flatMap((one) => one ?? []),
    place,
  );
}

/** An original that was taken over and that the plan would delete, or make anew. */
function lostOriginals(plan: JsonObject, place: PlaceRow | undefined, { resources }: PlannedPlace['bundle']) {
  const originals = new Set([...Object.values(place?.adopted ?? {}), ...resources.flatMap(({ id }) => id ?? [])]);
  return entriesOf(plan)
    .filter(
      ({ node, action, body }) => !node.endsWith('.permissions') && (action === 'delete' || action === 'recreate') && body.gone !== true,
    )
    .flatMap(({ node, body }) => {
      const { id } = remoteOf(body);
      return id === undefined || !originals.has(id) ? [] : [{ key: node.split('.')[2] ?? '', id }];
    })[0];
}

/** The CLI's metadata lies there although its state does not. */
async function isDeployed(workspace: Pick<Workspace, 'statusOf'>, rootPath: string, signal?: AbortSignal): Promise<boolean> {
  return (await workspace.statusOf(`${rootPath}/state/metadata.json`, signal)) !== undefined;
}

/** Somebody who is no admin lets jobs run as themselves alone, or as a service principal that they may use (facts: bundles#permissions-and-run_as). */
function otherIdentity(entry: PlanEntry, { userName }: Me): { key: string; runAs: string }[] {
  const runAs = textOf(runAsOf(entry).user_name);
  return runAs === undefined || runAs.toLowerCase() === userName.toLowerCase() ? [] : [{ key: keyOf(entry), runAs }];
}

/** The first that is to run as a service principal of which it is known that this person, admin or not, may not use it. */
async function otherPrincipal(
  workspace: Pick<Workspace, 'rolesOnPrincipal'>,
  me: Me,
  entries: readonly PlanEntry[],
  signal?: AbortSignal,
): Promise<Parameters<typeof principalRefused>[0] | undefined> {
  const named = new Map(entries.map((entry) => [textOf(runAsOf(entry).service_principal_name), keyOf(entry)]));
  for (const [principal, key] of named) {
    if (principal === undefined) continue;
    const { able, ...said } = await mayRunAs(workspace, me, principal, signal);
    if (able === false) return { key, principal, ...said };
  }
  return undefined;
}

/** Whom an entry sets, where it writes anything. */
function runAsOf({ action, body }: PlanEntry): JsonObject {
  return action === 'skip' || action === 'delete' ? {} : objectOf(objectOf(objectOf(body.new_state).value).run_as);
}

function keyOf({ node }: PlanEntry): string {
  return node.split('.')[2] ?? '';
}

/** Grants in the bundle make whoever deploys the owner, which only the owner before and admins may (facts: bundles#permissions-and-run_as). */
async function ownerOfOthers(workspace: Pick<Workspace, 'listAccess'>, me: Me, plan: JsonObject, signal?: AbortSignal) {
  const entries = entriesOf(plan);
  for (const { node, action, body } of entries) {
    if (!/^resources\.(jobs|pipelines)\.[^.]+\.permissions$/.test(node) || action === 'skip' || action === 'delete') continue;
    const [there] = entries.filter((entry) => node === `${entry.node}.permissions`).flatMap(existing);
    if (there === undefined) continue;
    const access = await workspace.listAccess(there.type, there.id, signal);
    const owner = access?.find(({ levels }) => levels.includes('IS_OWNER'))?.name;
    const wanted = objectsIn(objectOf(objectOf(body.new_state).value).__embed__).find(({ level }) => level === 'IS_OWNER');
    const next = textOf(wanted?.user_name) ?? textOf(wanted?.service_principal_name);
    const isMine = owner?.toLowerCase() === me.userName.toLowerCase();
    if (owner !== undefined && next !== undefined && next.toLowerCase() !== owner.toLowerCase() && !isMine)
      return { key: there.key, owner };
  }
  return undefined;
}

interface Existing {
  readonly type: ResourceType;
  readonly key: string;
  readonly id: string;
}

/** The resource of an entry, where it exists. */
function existing({ node, action, body }: PlanEntry): Existing[] {
  const [, type, key = ''] = node.split('.');
  const { id } = remoteOf(body);
  if (action === 'create' || id === undefined || (type !== 'jobs' && type !== 'pipelines' && type !== 'dashboards')) return [];
  return [{ type, key, id }];
}

/** A resource that this person may not change, with those who may. */
async function unmanaged(workspace: Pick<Workspace, 'listAccess'>, me: Me, { type, key, id }: Existing, signal?: AbortSignal) {
  const { able, managers } = await mayManage(workspace, me, { type, id }, signal);
  return able ? undefined : { key, id, managers };
}

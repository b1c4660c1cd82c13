// What taking originals over would change, before anything is bound: the CLI's plan with each original in the place of what would be created.
import type { Bundle, BundleResource } from '../../bundle/model/bundle.ts';
import { remotePath } from '../../bundle/model/notebooks.ts';
import { RESOURCE_KIND } from '../../bundle/model/resources.ts';
import { compareDashboard, compareDeployed, type DeployedDifference } from '../../bundle/proof/compare-deployed.ts';
import { filesRoot } from '../../bundle/proof/resolved-target.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { PlaceRow } from '../../storage/deployment-places.ts';
import { type Json, type JsonObject, objectOf, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { canonicalPath } from '../../values/workspace-path.ts';
import { entriesOf, remoteOf } from '../cli/plan-json.ts';
import { type Refusal, refusal } from '../policy/refusals.ts';
import type { ReleaseDiff, ResourceChange } from '../policy/release-diff.ts';

export type ReadsOriginals = Pick<Workspace, 'getJob' | 'getPipeline' | 'getDashboard' | 'listAccess' | 'listPermissions'>;

export type Original = Pick<BundleResource, 'type' | 'key'> & { readonly id: string };

/** Originals that the target takes over and that its state does not name yet. */
export function unboundOriginals(
  { adoption, resources }: Pick<Bundle, 'adoption' | 'resources'>,
  target: string,
  plan: JsonObject,
): Original[] {
  if (adoption[target] !== 'bind') return [];
  const created = new Set(entriesOf(plan).flatMap(({ node, action }) => (action === 'create' ? [node] : [])));
  return resources.flatMap(({ type, key, id }) =>
    id !== undefined && id !== '' && created.has(`resources.${type}.${key}`) ? [{ type, key, id }] : [],
  );
}

/** A target that takes originals over while a copy of one is deployed there: deploying would go on with the copy. */
export function copyInPlace(
  { adoption, resources }: Pick<Bundle, 'adoption' | 'resources'>,
  target: string,
  plan: JsonObject,
): Refusal | undefined {
  if (adoption[target] !== 'bind') return undefined;
  const entries = new Map(entriesOf(plan).map((entry) => [entry.node, entry]));
  for (const { type, key, id } of resources) {
    const entry = entries.get(`resources.${type}.${key}`);
    const there = entry === undefined || entry.action === 'create' ? undefined : remoteOf(entry.body).id;
    if (id !== undefined && id !== '' && there !== undefined && there !== id)
      return refusal(
        'owned',
        `\`${key}\` is already deployed there as ${there}, a copy, while the original ${id} is to be taken over.`,
        `Destroy that copy or unbind it (databricks bundle deployment unbind ${key} -t ${target}), or go on with the copy.`,
      );
  }
  return undefined;
}

interface Adopting {
  readonly bundle: Pick<Bundle, 'sources' | 'files'>;
  readonly resolved: JsonObject;
  readonly rootPath: string;
}

/**
 * The plan as it would be if the originals were bound: updates of what is there, with what differs. A refusal where another bundle owns one
 * of them (facts: cli#bind-unbind-and-destroy). Rejects with UserError where one can't be read.
 */
export async function asAdopted(
  workspace: ReadsOriginals,
  plan: JsonObject,
  { originals, ...adopting }: Adopting & { readonly originals: readonly Original[] },
  signal?: AbortSignal,
): Promise<{ readonly plan: JsonObject } | Refusal> {
  if (originals.length === 0) return { plan };
  const seen = await Promise.all(originals.map((original) => seeOriginal(workspace, original, adopting, signal)));
  const owned = seen.find(({ ownedAt }) => ownedAt !== undefined);
  if (owned !== undefined) return ownedByAnother(owned.original, owned.ownedAt ?? '');
  const entries = new Map<string, Json>(Object.entries(objectOf(plan.plan)));
  for (const { original, remote, differences, access } of seen) {
    const node = `resources.${original.type}.${original.key}`;
    const changes = Object.fromEntries(differences.map(({ place, was, is }) => [place, changeOf(is, was)]));
    entries.set(node, { ...objectOf(entries.get(node)), action: 'update', remote_state: remote, changes });
    const grants = objectOf(entries.get(`${node}.permissions`));
    if (grants.action === 'create')
      entries.set(`${node}.permissions`, { ...grants, action: 'update', changes: grantChanges(grants, access) });
  }
  return { plan: { ...plan, plan: Object.fromEntries(entries) } };
}

/** The diff with originals called so until a deployment that took them over has ended well, also where one was bound and then stopped. */
export function takingOver(
  diff: ReleaseDiff,
  { adoption, resources }: Pick<Bundle, 'adoption' | 'resources'>,
  place: PlaceRow | undefined,
): ReleaseDiff {
  if (adoption[diff.target] !== 'bind') return diff;
  const taken = new Set(Object.values(place?.adopted ?? {}));
  const isOriginal = (one: ResourceChange) =>
    resources.some(({ type, key, id }) => type === one.type && key === one.key && id === one.id) && !taken.has(one.id ?? '');
  const named = (one: ResourceChange): ResourceChange =>
    (one.action === 'update' || one.action === 'unchanged') && isOriginal(one) ? { ...one, action: 'adopt' } : one;
  return { ...diff, resources: diff.resources.map(named) };
}

interface SeenOriginal {
  readonly original: Original;
  /** As the CLI's plan has what runs now. */
  readonly remote: JsonObject;
  readonly differences: readonly DeployedDifference[];
  /** Who may do what with it now, by `[user_name='ana@…']`. */
  readonly access: ReadonlyMap<string, string>;
  /** Where another bundle that owns it keeps its metadata. */
  readonly ownedAt: string | undefined;
}

async function seeOriginal(workspace: ReadsOriginals, original: Original, adopting: Adopting, signal?: AbortSignal): Promise<SeenOriginal> {
  const { type, key: resourceKey, id } = original;
  const { resolved } = adopting;
  const about = { original, access: await accessOf(workspace, original, signal) };
  if (type === 'dashboards') {
    const deployed = await workspace.getDashboard(id, signal);
    const differences = compareDashboard({ resolved, resourceKey, deployed });
    return { ...about, remote: { dashboard_id: id, display_name: deployed.name }, differences, ownedAt: undefined };
  }
  const read = type === 'jobs' ? await workspace.getJob(id, signal) : await workspace.getPipeline(id, signal);
  const deployed = 'settings' in read ? read.settings : read.spec;
  const { runAs } = read;
  const found = compareDeployed({ type, resolved, resourceKey, deployed, runAs });
  const differences = found.filter((one) => !isOwnSource(one, adopting));
  const ids = type === 'jobs' ? { job_id: BigInt(id) } : { pipeline_id: id };
  const remote = { ...deployed, ...ids, ...(runAs === undefined ? {} : { run_as_user_name: runAs }) };
  return { ...about, remote, differences, ownedAt: ownerElsewhere(deployed, adopting) };
}

/** A job or pipeline that was bound here before and given up again still names this place: it is nobody else's. */
function ownerElsewhere({ deployment }: JsonObject, { rootPath }: Adopting): string | undefined {
  const { kind, metadata_file_path: path } = objectOf(deployment);
  if (kind !== 'BUNDLE') return undefined;
  const metadata = textOf(path) ?? '';
  return canonicalPath(metadata).startsWith(`${canonicalPath(rootPath)}/`) ? undefined : metadata;
}

function ownedByAnother({ type, id }: Original, metadata: string): Refusal {
  const at = metadata === '' ? '' : `, which keeps its record at \`${metadata}\``;
  return refusal(
    'owned',
    `A bundle already owns ${RESOURCE_KIND[type]} ${id}${at}: taken over by two, destroying one of them would delete it for both.`,
    'Change that bundle, or unbind it there first (databricks bundle deployment unbind). Or choose a copy beside it.',
  );
}

/** Points to the same file, which lies in the bundle now. */
function isOwnSource({ was, is }: DeployedDifference, { bundle, resolved }: Adopting): boolean {
  const root = filesRoot(resolved);
  if (typeof was !== 'string' || typeof is !== 'string' || root === undefined || !was.startsWith(`${root}/`)) return false;
  const at = was.slice(root.length + 1);
  const files = new Map(bundle.files.map((file) => [file.path, file]));
  return bundle.sources.some(({ path, file }) => {
    const own = files.get(file);
    return path === canonicalPath(is) && own !== undefined && remotePath(own) === at;
  });
}

/** What is changed by taking over was edited by nobody since: what runs now counts as what was deployed last. */
function changeOf(live: Json | undefined, wanted: Json | undefined): JsonObject {
  return {
    action: 'update',
    ...(live === undefined ? {} : { old: live, remote: live }),
    ...(wanted === undefined ? {} : { new: wanted }),
  };
}

/** Grants of the bundle that are not there, and those that only the original has. */
function grantChanges({ new_state: state }: JsonObject, access: SeenOriginal['access']): JsonObject {
  const wanted = objectsIn(objectOf(objectOf(state).value).__embed__).flatMap(({ level, ...principal }) => {
    const [kind, name] = Object.entries(principal)[0] ?? [];
    return kind === undefined ? [] : [{ who: `[${kind}='${String(name)}']`, level: String(level) }];
  });
  const changed = wanted.flatMap(({ who, level }) => {
    const has = access.get(who);
    return has === level ? [] : [[`${who}.level`, changeOf(has, level)] as const];
  });
  const lost = [...access].filter(([who]) => !wanted.some((one) => one.who === who));
  return Object.fromEntries([...changed, ...lost.map(([who, level]) => [`${who}.level`, changeOf(level, undefined)] as const)]);
}

/** The direct grants and the owner of an original; none where they may not be read. */
async function accessOf(workspace: ReadsOriginals, { type, id }: Original, signal?: AbortSignal): Promise<Map<string, string>> {
  const [grants, access] = await Promise.all([workspace.listPermissions(type, id, signal), workspace.listAccess(type, id, signal)]);
  const owners = (access ?? []).filter(({ levels }) => levels.includes('IS_OWNER'));
  return new Map([
    ...(grants ?? []).map(({ principal, name, level }) => [`[${principal}='${name}']`, level] as const),
    ...owners.map(({ principal, name }) => [`[${principal}='${name}']`, 'IS_OWNER'] as const),
  ]);
}

// Looks at the place of a target before anything is planned there: whose it is, and whether this person may write into it. Reads only.
import type { Bundle, Environment } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { Me } from '../../databricks/api/me.ts';
import { isAdmin, mayManage } from '../../databricks/read/access.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { PlaceRow, PlaceRows } from '../../storage/deployment-places.ts';
import { UpstreamError, UserError } from '../../values/errors.ts';
import { type JsonObject, objectOf, parseJson } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { parentFolder } from '../../values/workspace-path.ts';
import { folderClosed, folderMissing, ofAnotherBundle, placeElsewhere, placeTaken, resourcesOfOthers } from './place-words.ts';
import { homeOwner, sharedFolder } from './root-of.ts';

export type ReadsPlace = Pick<Workspace, 'me' | 'statusOf' | 'listAccess' | 'exportSource' | 'rolesOnPrincipal'>;

interface PlaceToLookAt {
  readonly bundle: Pick<Bundle, 'name'>;
  readonly host: string;
  readonly subject: string;
  readonly target: string;
  readonly environment: Environment;
  readonly rootPath: string;
  readonly userName: string;
}

interface SeenPlace {
  /** What this bot knows of it; undefined before its first deployment. */
  readonly place: PlaceRow | undefined;
  /** Asked for once: who plans, with their groups; undefined for a development target in one's own home, where nothing is asked. */
  readonly me: Me | undefined;
}

/** NoProof, with words, where this person can't or must not deploy there. */
export async function lookAtPlace(
  workspace: ReadsPlace,
  places: Pick<PlaceRows, 'at' | 'ofProduction'>,
  at: PlaceToLookAt,
  signal?: AbortSignal,
): Promise<SeenPlace | NoProof> {
  const { host, subject, target, environment, rootPath, userName, bundle } = at;
  const place = await places.at({ host, rootPath });
  if (place !== undefined && (place.subject !== subject || place.target !== target)) return placeTaken(place);
  const own = homeOwner(rootPath)?.toLowerCase() === userName.toLowerCase();
  if (environment === 'development' && own) return { place, me: undefined };
  const production = environment === 'production' ? await places.ofProduction({ host, subject, target }) : undefined;
  if (production !== undefined && production.rootPath !== rootPath) return placeElsewhere(production);
  const me = await workspace.me(signal);
  const closed = own ? undefined : await whyClosed(workspace, { me, rootPath, place }, signal);
  if (closed !== undefined) return closed;
  // Before the plan, which reads each of them and says of one that it may not see only that it failed.
  const others = isAdmin(me) ? undefined : await othersIn(workspace, { me, rootPath, place }, signal);
  if (others !== undefined) return others;
  // A deployment that this bot has not made tells itself by its metadata.
  const other = place === undefined ? await bundleAt(workspace, rootPath, signal) : undefined;
  return other !== undefined && other !== bundle.name ? ofAnotherBundle(rootPath, other) : { place, me };
}

/** Who may write into the nearest folder that this person can see decides; a team's folder that is not there lies in nobody's. */
async function whyClosed(
  workspace: ReadsPlace,
  { me, rootPath, place }: { readonly me: Me; readonly rootPath: string; readonly place: PlaceRow | undefined },
  signal?: AbortSignal,
): Promise<NoProof | undefined> {
  const team = homeOwner(rootPath) === undefined ? sharedFolder(rootPath) : undefined;
  let isThere = team === undefined;
  for (let folder = rootPath; folder !== '' && folder !== '/Workspace'; folder = parentFolder(folder)) {
    const status = await workspace.statusOf(folder, signal).catch((error: unknown) => {
      // 403: it is there, and this person may not even see it.
      if (error instanceof UserError && isForbidden(error)) return 'closed' as const;
      throw error;
    });
    if (status === 'closed') return folderClosed(rootPath, folder, { place, managers: [] });
    if (status === undefined) continue;
    isThere ||= team !== undefined && folder.length >= team.length;
    const { able, managers } = await mayManage(workspace, me, { type: 'directories', id: status.id }, signal);
    if (able) return undefined;
    return isThere ? folderClosed(rootPath, folder, { place, managers }) : folderMissing(team ?? folder);
  }
  // Who may make a folder at the top, an administrator, would make one that is open to nobody else.
  return isThere ? undefined : folderMissing(team ?? rootPath);
}

/** Deployed resources that this person may not change, by the record that the CLI keeps of them (facts: bundles#deployment-folders). */
async function othersIn(
  workspace: ReadsPlace,
  { me, rootPath, place }: Parameters<typeof whyClosed>[1],
  signal?: AbortSignal,
): Promise<NoProof | undefined> {
  const { state } = await jsonAt(workspace, `${rootPath}/state/resources.json`, signal);
  const deployed = Object.entries(objectOf(state)).flatMap(([node, entry]) => {
    const [, type, key = '', part] = node.split('.');
    const id = textOf(objectOf(entry).__id__);
    if (id === undefined || part !== undefined || (type !== 'jobs' && type !== 'pipelines' && type !== 'dashboards')) return [];
    return [{ type, key, id } as const];
  });
  const asked = await Promise.all(deployed.map(async (one) => ({ ...one, ...(await mayManage(workspace, me, one, signal)) })));
  return resourcesOfOthers(
    asked.filter(({ able }) => !able),
    place,
  );
}

/** The name of the bundle that is deployed at a root, by the metadata that the CLI leaves there (facts: bundles#deployment-folders). */
async function bundleAt(workspace: ReadsPlace, rootPath: string, signal?: AbortSignal): Promise<string | undefined> {
  const { config } = await jsonAt(workspace, `${rootPath}/state/metadata.json`, signal);
  return textOf(objectOf(objectOf(config).bundle).name);
}

/** A JSON file of the deployment; empty where there is none that this person may read, or what is there is none. */
async function jsonAt(workspace: ReadsPlace, path: string, signal?: AbortSignal): Promise<JsonObject> {
  try {
    const file = await workspace.exportSource(path, 'file', signal);
    const value = file === undefined ? undefined : parseJson(new TextDecoder().decode(file.bytes));
    return objectOf(value);
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof UserError && isForbidden(error))) return {};
    throw error;
  }
}

function isForbidden({ cause }: UserError): boolean {
  return cause instanceof UpstreamError && cause.failure.status === 403;
}

// Looks at the place of a target before anything is planned there: whose it is, and whether this person may write into it. Reads only.
import type { Bundle, Environment } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { Me } from '../../databricks/api/me.ts';
import { mayManage } from '../../databricks/read/access.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { PlaceRow, PlaceRows } from '../../storage/deployment-places.ts';
import { UpstreamError, UserError } from '../../values/errors.ts';
import { isObject, objectOf, parseJson } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { parentFolder } from '../../values/workspace-path.ts';
import { folderClosed, ofAnotherBundle, placeElsewhere, placeTaken } from './place-words.ts';
import { homeOwner } from './root-of.ts';

export type ReadsPlace = Pick<Workspace, 'me' | 'statusOf' | 'listAccess' | 'exportSource'>;

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
  // A deployment that this bot has not made tells itself by its metadata.
  const other = place === undefined ? await bundleAt(workspace, rootPath, signal) : undefined;
  return other !== undefined && other !== bundle.name ? ofAnotherBundle(rootPath, other) : { place, me };
}

/** Who may write into the nearest folder that is there decides; what may not be asked is left to the CLI, which stops at its lock. */
async function whyClosed(
  workspace: ReadsPlace,
  { me, rootPath, place }: { readonly me: Me; readonly rootPath: string; readonly place: PlaceRow | undefined },
  signal?: AbortSignal,
): Promise<NoProof | undefined> {
  for (let folder = rootPath; folder !== ''; folder = parentFolder(folder)) {
    const status = await workspace.statusOf(folder, signal).catch((error: unknown) => {
      // 403: it is there, and this person may not even see it.
      if (error instanceof UserError && isForbidden(error)) return 'closed' as const;
      throw error;
    });
    if (status === 'closed') return folderClosed(rootPath, folder, { place, managers: [] });
    if (status === undefined) continue;
    const { able, managers } = await mayManage(workspace, me, { type: 'directories', id: status.id }, signal);
    return able === false ? folderClosed(rootPath, folder, { place, managers }) : undefined;
  }
  return undefined;
}

/** The name of the bundle that is deployed at a root, by the metadata that the CLI leaves there (facts: bundles#deployment-folders). */
async function bundleAt(workspace: ReadsPlace, rootPath: string, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const file = await workspace.exportSource(`${rootPath}/state/metadata.json`, 'file', signal);
    const value = file === undefined ? undefined : parseJson(new TextDecoder().decode(file.bytes));
    return isObject(value) ? textOf(objectOf(objectOf(value.config).bundle).name) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof UserError && isForbidden(error))) return undefined;
    throw error;
  }
}

function isForbidden({ cause }: UserError): boolean {
  return cause instanceof UpstreamError && cause.failure.status === 403;
}

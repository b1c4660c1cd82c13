// Originals that start by themselves beside copies of them that would: of each such pair one must be paused.
import type { Adoption, BundleResource } from '../../bundle/model/bundle.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { entriesOf, type PlanEntry, remoteOf } from '../cli/plan-json.ts';
import type { LivePair } from '../policy/refusals.ts';
import { startsByItself } from '../policy/rules-of-running.ts';
import { readOriginals } from './read-originals.ts';

type ReadsLive = Pick<Workspace, 'getJob' | 'getPipeline'>;

/** A dashboard only shows, so it is no such pair; what may not be read counts as paused. */
export async function liveOriginals(
  workspace: ReadsLive,
  resources: readonly BundleResource[],
  plan: JsonObject,
  signal?: AbortSignal,
): Promise<LivePair[]> {
  const entries = new Map(entriesOf(plan).map((entry) => [entry.node, entry]));
  const entryOf = ({ type, key }: BundleResource) => entries.get(`resources.${type}.${key}`);
  const copies = resources.filter((one) => isLiveCopy(entryOf(one), one));
  const jobs = await readOriginals(workspace, copies, signal);
  const pipelines = await Promise.all(copies.map((one) => isLivePipeline(workspace, one, signal)));
  const live = copies.filter(({ type, key }, i) => pipelines[i] || (type === 'jobs' && jobs.some((job) => job.key === key && job.live)));
  return live.map((one) => ({
    ...{ type: one.type, key: one.key, id: one.id ?? '' },
    begins: !startsByItself(objectOf(entryOf(one)?.body.remote_state)),
  }));
}

/** Which originals a deployment pauses by itself, and beside which it would begin a second one that does the same. */
export function pairsOf(live: readonly LivePair[], way: Adoption | undefined): { replaced: LivePair[]; beside: LivePair[] } {
  const replaced = way === 'replace' ? live.filter(({ type }) => type === 'jobs') : [];
  return { replaced, beside: live.filter((pair) => pair.begins && !replaced.includes(pair)) };
}

function isLiveCopy(entry: PlanEntry | undefined, { id }: BundleResource): boolean {
  if (entry === undefined || id === undefined || id === '' || remoteOf(entry.body).id === id) return false;
  return startsByItself(objectOf(objectOf(entry.body.new_state).value));
}

async function isLivePipeline(workspace: ReadsLive, { type, id = '' }: BundleResource, signal?: AbortSignal): Promise<boolean> {
  if (type !== 'pipelines') return false;
  try {
    return startsByItself((await workspace.getPipeline(id, signal)).spec);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

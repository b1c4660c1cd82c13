// Originals that start by themselves beside copies of them that would: of each such pair one is paused, or the deployment refused.
import type { Adoption, BundleResource } from '../../bundle/model/bundle.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import { entriesOf, type PlanEntry, remoteOf } from '../cli/plan-json.ts';
import type { LivePair } from '../policy/refusals.ts';
import { startsByItself, TRIGGERS } from '../policy/rules-of-running.ts';
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

/**
 * What becomes of each pair: jobs of which the deployment pauses the original before the copy runs, pipelines whose copy waits, and those
 * that would do the same work twice from now on.
 */
export function pairsOf(live: readonly LivePair[], way: Adoption | undefined) {
  const of = (type: LivePair['type']) => (way === 'replace' ? live.filter((pair) => pair.type === type) : []);
  const [replaced, waiting] = [of('jobs'), of('pipelines')];
  return { replaced, waiting, beside: live.filter((pair) => pair.begins && way !== 'replace') };
}

/** The plan with the copies of these pairs paused. The next one finds them otherwise than the bundle says, and lets them run (facts: cli#deploying-a-stored-plan). */
export function withCopiesPaused(plan: JsonObject, pairs: readonly LivePair[]): JsonObject {
  const entries = Object.entries(objectOf(plan.plan)).map(([node, entry]): [string, Json] => {
    const pair = pairs.find(({ type, key }) => node === `resources.${type}.${key}`);
    if (pair === undefined || !isObject(entry)) return [node, entry];
    const state = objectOf(entry.new_state);
    const settings = objectOf(state.value);
    if (pair.type === 'jobs') return [node, { ...entry, new_state: { ...state, value: { ...settings, ...triggersOf(settings, true) } } }];
    const { continuous: _, ...value } = settings;
    const { continuous: __, ...changes } = objectOf(entry.changes);
    return [node, { ...entry, new_state: { ...state, value }, ...(isObject(entry.changes) ? { changes } : {}) }];
  });
  return { ...plan, plan: Object.fromEntries(entries) };
}

/** The triggers of a job in the older form and in the list of the newest, each paused or as they are. */
export function triggersOf(settings: JsonObject, paused: boolean): JsonObject {
  const one = (trigger: Json): Json => (paused && isObject(trigger) ? { ...trigger, pause_status: 'PAUSED' } : trigger);
  const single = TRIGGERS.flatMap((name): [string, Json][] => {
    const trigger = settings[name];
    return isObject(trigger) ? [[name, one(trigger)]] : [];
  });
  const { triggers } = settings;
  return { ...Object.fromEntries(single), ...(Array.isArray(triggers) ? { triggers: triggers.map(one) } : {}) };
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

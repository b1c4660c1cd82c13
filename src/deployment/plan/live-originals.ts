// Originals that start by themselves beside copies of them that would: of each such pair one must be paused.
import type { BundleResource } from '../../bundle/model/bundle.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { entriesOf, remoteOf } from '../cli/plan-json.ts';
import { startsByItself } from '../policy/rules-of-running.ts';
import { readOriginals } from './read-originals.ts';

/** Of jobs alone: a pipeline is no copy of another one that would run twice on its own. */
export async function liveOriginals(
  workspace: Pick<Workspace, 'getJob'>,
  resources: readonly BundleResource[],
  plan: JsonObject,
  signal?: AbortSignal,
): Promise<{ readonly key: string; readonly id: string }[]> {
  const entries = new Map(entriesOf(plan).map((entry) => [entry.node, entry]));
  const copies = resources.filter(({ type, key, id }) => {
    const entry = type === 'jobs' ? entries.get(`resources.jobs.${key}`) : undefined;
    return entry !== undefined && remoteOf(entry.body).id !== id && startsByItself(objectOf(objectOf(entry.body.new_state).value));
  });
  const originals = copies.length === 0 ? [] : await readOriginals(workspace, copies, signal);
  return originals.filter(({ live }) => live).map(({ key, id }) => ({ key, id }));
}

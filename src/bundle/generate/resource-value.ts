// A resource as the bundle writes it: sources, ids and variables by reference, nothing that only the server writes.
import { isObject, type JsonObject } from '../../values/json.ts';
import { sourceKey } from '../../values/workspace-path.ts';
import type { SourceReference } from '../model/bundle.ts';
import { mapScalars } from '../model/leaves.ts';
import type { KeyedResource } from '../model/resources.ts';
import { PIPELINE_SERVER_ONLY, SERVER_ONLY } from '../model/server-only-fields.ts';
import { pathsOf } from '../model/source-references.ts';
import { orderPipeline, orderSettings } from './key-order.ts';
import { leaveOutDefaults, leaveOutPipelineDefaults } from './leave-out-defaults.ts';
import type { Layout } from './source-layout.ts';

/** What stands at the places of a bundle's resources instead of their values. */
interface Replacements {
  readonly byPlace: Map<string, string>;
  /** References to files and folders that the bundle does not have. */
  readonly missing: readonly SourceReference[];
}

/**
 * A path in the tree as YAML below `resources/` writes it: the CLI translates only some fields, and none of a job with a git_source
 * (facts: bundles#paths-and-libraries).
 */
function pathText(tree: string, remote: string, relative: boolean): string {
  return relative ? `../${tree}` : `\${workspace.file_path}/${remote}`;
}

const KINDS = ['notebook', 'file'] as const;

/** What is written for a path of the workspace; undefined where the tree does not have it. */
function textOf(layout: Layout, { path, kind }: Pick<SourceReference, 'path' | 'kind'>, relative: boolean): string | undefined {
  const placed = layout.placements.get(sourceKey({ path, kind }));
  if (placed !== undefined) return pathText(placed.file.path, placed.remote, relative);
  const folder = kind === 'folder' ? layout.folder(path) : undefined;
  if (folder !== undefined) return pathText(folder, folder, relative);
  // A path may be a notebook where a file is expected, or the other way round: the copy is what the original is.
  const other = KINDS.map((one) => layout.placements.get(sourceKey({ path, kind: one }))).find((one) => one !== undefined);
  return other === undefined ? undefined : pathText('', other.remote, false);
}

/** Points the paths of all resources to the tree. */
export function replacePaths(resources: readonly KeyedResource[], layout: Layout): Replacements {
  const byPlace = new Map<string, string>();
  const missing: SourceReference[] = [];
  for (const resource of resources) {
    const git = isObject(resource.value.git_source);
    for (const { leaf, field, kind, path } of pathsOf(resource, resource.leaves)) {
      const place = `${resource.prefix}${leaf.place}`;
      const text = textOf(layout, { path, kind }, field.relative && !git);
      if (text === undefined) missing.push({ path, kind, place });
      else
        byPlace.set(
          place,
          String(leaf.value).replace(path, () => text),
        );
    }
  }
  return { byPlace, missing };
}

/** `run_as` that a target can carry: exactly one user or service principal (the CLI takes no other; facts: bundles#permissions-and-run_as). */
export function targetRunAs({ value }: Pick<KeyedResource, 'value'>): JsonObject | undefined {
  const runAs = value.run_as;
  if (!isObject(runAs)) return undefined;
  const [key = '', ...more] = Object.keys(runAs);
  const name = runAs[key];
  return more.length === 0 && ['user_name', 'service_principal_name'].includes(key) && typeof name === 'string' && name !== ''
    ? runAs
    : undefined;
}

/** As the CLI makes one unless the bundle says otherwise (facts: bundles#defaults). */
function withQueue(settings: JsonObject): JsonObject {
  const { queue = { enabled: false }, ...others } = settings;
  const isMade = isObject(queue) && queue.enabled === true && Object.keys(queue).length === 1;
  return isMade ? others : { ...others, queue };
}

/** The resource under its key. */
export function resourceValue(resource: KeyedResource, byPlace: ReadonlyMap<string, string>): JsonObject {
  const { type, id, prefix, value } = resource;
  const inTarget = targetRunAs(resource) !== undefined;
  const dropped = (key: string): boolean => {
    if (key === 'run_as') return inTarget;
    if (type !== 'pipelines') return SERVER_ONLY.has(key);
    // The platform makes this folder for the pipeline alone; and the CLI itself sets `development` where it belongs.
    return PIPELINE_SERVER_ONLY.has(key) || key === 'development' || (key === 'storage' && value.storage === `dbfs:/pipelines/${id}`);
  };
  const kept = Object.fromEntries(Object.entries(value).filter(([key]) => !dropped(key)));
  const mapped = mapScalars(kept, (place, scalar) => byPlace.get(prefix + place) ?? scalar);
  if (type !== 'jobs') return orderPipeline(type === 'pipelines' ? leaveOutPipelineDefaults(mapped) : mapped);
  const said = leaveOutDefaults(mapped);
  return orderSettings(withQueue(said));
}

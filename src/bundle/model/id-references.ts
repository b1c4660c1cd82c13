// The ids in a definition that could be looked up by name, so that a bundle need not write them down.
import type { JobDefinition, LookupKind } from './bundle.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { idField } from './path-and-id-fields.ts';
import { type ResourceDefinition, resourceDefinitions } from './resources.ts';

/** An id that stands in a definition. */
export interface IdReference {
  readonly kind: LookupKind;
  readonly id: string;
  /** Where it stands, such as `tasks[report].sql_task.warehouse_id` or `related[jobs.7].tasks[a].existing_cluster_id`. */
  readonly place: string;
  /** A job whose end starts this one: nothing that this one runs, so it is not read along. */
  readonly awaited?: true;
  /** The workspace that it says it is in; absent where that is this one without saying so. */
  readonly workspaceId?: string;
}

/** Values that Databricks or a bundle fills in are no ids. */
const FILLED_IN = /\{\{|\$\{/;

/** The ids of one job, pipeline or dashboard. */
export function idsOf(
  { type, prefix, value, grants }: ResourceDefinition,
  leaves: ReadonlyMap<string, Leaf> = leavesOf(value),
): IdReference[] {
  const found: IdReference[] = [];
  for (const leaf of leaves.values()) {
    const kind = idField(type, leaf);
    const id = String(leaf.value);
    if (kind === undefined || typeof leaf.value === 'boolean' || id === '' || FILLED_IN.test(id)) continue;
    const awaited = kind === 'job' && leaf.fields.includes('job_completion');
    const workspace = awaited ? leaves.get(leaf.place.replace(/job_id$/, 'workspace_id'))?.value : undefined;
    found.push({
      kind,
      id,
      place: `${prefix}${leaf.place}`,
      ...(awaited ? { awaited } : {}),
      ...(workspace === undefined ? {} : { workspaceId: String(workspace) }),
    });
  }
  grants?.forEach(({ principal, name }, i) => {
    if (principal === 'service_principal_name') found.push({ kind: 'service_principal', id: name, place: grantPlace(prefix, i) });
  });
  return found;
}

/** Where the principal of a grant stands. */
export function grantPlace(prefix: string, index: number): string {
  return `${prefix}permissions[${index}].service_principal_name`;
}

/**
 * Every id of a definition, and of what was read with it, that the CLI can look up by name (its bundle/config/variable/lookup.go).
 * Things outside and related things alike; values made at run time are none.
 */
export function idReferences(definition: JobDefinition): readonly IdReference[] {
  return resourceDefinitions(definition).flatMap((resource) => idsOf(resource));
}

// The ids in a definition that could be looked up by name, so that a bundle need not write them down.
import type { JobDefinition, LookupKind } from './bundle.ts';
import { idField } from './fields.ts';
import { leavesOf } from './places.ts';
import { bodiesOf, dashboardsOf, relatedPrefix } from './related.ts';

/** An id that stands in a definition. */
export interface IdReference {
  readonly kind: LookupKind;
  readonly id: string;
  /** Where it stands, such as `tasks[report].sql_task.warehouse_id` or `related[jobs.7].tasks[a].existing_cluster_id`. */
  readonly place: string;
}

/** Values that Databricks or a bundle fills in are no ids. */
const FILLED_IN = /\{\{|\$\{/;

/**
 * Every id of a definition, and of what was read with it, that the CLI can look up by name (its bundle/config/variable/lookup.go).
 * Things outside and related things alike; values made at run time are none.
 */
export function idReferences(definition: JobDefinition): readonly IdReference[] {
  const found = bodiesOf(definition).flatMap(({ type, prefix, value }) =>
    [...leavesOf(value).values()].flatMap((leaf): IdReference[] => {
      const kind = idField(type, leaf);
      if (kind === undefined || typeof leaf.value === 'boolean') return [];
      const id = String(leaf.value);
      return id === '' || FILLED_IN.test(id) ? [] : [{ kind, id, place: `${prefix}${leaf.place}` }];
    }),
  );
  const warehouses = dashboardsOf(definition).flatMap((dashboard): IdReference[] => {
    const { warehouseId } = dashboard;
    return warehouseId === undefined ? [] : [{ kind: 'warehouse', id: warehouseId, place: `${relatedPrefix(dashboard)}warehouse_id` }];
  });
  return [...found, ...warehouses];
}

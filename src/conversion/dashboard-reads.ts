// What a dashboard reads without naming where it is: in the schema that its datasets have beside their queries.
import { datasetsIn } from '../analysis/dashboard-datasets.ts';
import type { DashboardReads } from '../bundle/model/bundle.ts';
import { apart } from '../worker/apart.ts';

/** Datasets of one dashboard that are parsed; our choice. */
const MOST_DATASETS = 100;

/** Undefined where it reads nothing so, or its datasets name different places (facts: bundles#resource-kinds). */
export async function readsOfDashboard(id: string, serialized: string): Promise<DashboardReads | undefined> {
  const places = new Map<string, Omit<DashboardReads, 'namesSchemas'>>();
  let namesSchemas = false;
  const datasets = datasetsIn(serialized);
  if (datasets.length > MOST_DATASETS) return undefined;
  for (const { catalog, schema, query } of datasets) {
    const { named } = await apart.analyze({ path: `${id}.sql`, kind: 'file', bytes: Buffer.from(query) });
    const tables = named.flatMap(({ use, parts }) => (use === 'read' && parts.length === 1 ? parts : []));
    namesSchemas ||= named.some(({ parts }) => parts.length === 2);
    if (tables.length === 0) continue;
    if (catalog === undefined || schema === undefined) return undefined;
    const place = `${catalog}.${schema}`;
    places.set(place, { id, catalog, schema, tables: [...(places.get(place)?.tables ?? []), ...tables] });
  }
  const [only, ...others] = places.values();
  return only === undefined || others.length > 0 ? undefined : { ...only, namesSchemas };
}

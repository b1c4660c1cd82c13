// What jobs run on: clusters and SQL warehouses.
import { type JsonObject, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { withErrorWords } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';
import { findNamed, listPages, type NameFilter } from './pages.ts';

interface ClusterSummary {
  readonly id: string;
  readonly name: string;
  /** Such as RUNNING or TERMINATED. */
  readonly state?: string | undefined;
  readonly creator?: string | undefined;
}

interface Cluster extends ClusterSummary {
  /** The answer of clusters/get, untouched; its `spec`, where it has one, is what the owner asked for. */
  readonly body: JsonObject;
}

export interface Warehouse {
  readonly id: string;
  readonly name: string;
  readonly state?: string | undefined;
  /** Such as `Small`. */
  readonly size?: string | undefined;
  readonly serverless: boolean;
}

/**
 * Leaves out the clusters of job runs, which stay listed for a month: with them a list takes minutes
 * (facts: databricks#clusters-pipelines-and-dashboards).
 */
export const MADE_BY_PEOPLE = { 'filter_by.cluster_sources': ['API', 'UI'] };

/** One cluster by its id. */
export async function getCluster(requests: Requests, id: string, signal?: AbortSignal): Promise<Cluster> {
  const body = await withErrorWords(`Reading cluster ${id}`, `There is no cluster ${id} that you can see.`, () =>
    requests.getJson('/api/2.1/clusters/get', { cluster_id: id }, signal),
  );
  return { ...(summaryOf(body) ?? { id, name: id }), body };
}

/** Clusters that people made. */
export function listClusters(requests: Requests, filter: NameFilter, signal?: AbortSignal): Promise<ClusterSummary[]> {
  const list = {
    path: '/api/2.1/clusters/list',
    query: { page_size: '100', ...MADE_BY_PEOPLE },
    doing: 'Listing clusters',
    missing: 'There are no clusters.',
    pages: LIMITS.listPages,
  };
  const pages = listPages(requests, list, signal);
  return findNamed(pages, ({ clusters }) => objectsIn(clusters).flatMap((one) => summaryOf(one) ?? []), filter);
}

function summaryOf(body: JsonObject): ClusterSummary | undefined {
  const id = textOf(body.cluster_id);
  if (id === undefined) return undefined;
  return { id, name: textOf(body.cluster_name) ?? id, state: textOf(body.state), creator: textOf(body.creator_user_name) };
}

/** SQL warehouses that the person may see. */
export async function listWarehouses(requests: Requests, signal?: AbortSignal): Promise<Warehouse[]> {
  const body = await withErrorWords('Listing SQL warehouses', 'There are none.', () =>
    requests.getJson('/api/2.0/sql/warehouses', {}, signal),
  );
  return objectsIn(body.warehouses).flatMap((one): Warehouse[] => {
    const id = textOf(one.id);
    if (id === undefined) return [];
    const serverless = one.enable_serverless_compute === true;
    return [{ id, name: textOf(one.name) ?? id, state: textOf(one.state), size: textOf(one.cluster_size), serverless }];
  });
}

// What jobs run on: clusters that people made, and SQL warehouses.
import type { JsonObject } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { inWords } from '../http/errors.ts';
import { objects } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door } from '../http/requests.ts';

export interface ClusterSummary {
  readonly id: string;
  readonly name: string;
  /** Such as RUNNING or TERMINATED. */
  readonly state?: string | undefined;
  readonly creator?: string | undefined;
}

export interface Cluster extends ClusterSummary {
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

/** Clusters of jobs stay listed for a month: with them a list takes minutes (facts: databricks#clusters-pipelines-and-dashboards). */
export const MADE_BY_PEOPLE = { 'filter_by.cluster_sources': ['API', 'UI'] };

/** One cluster; the API answers 400 for an unknown id. */
export async function getCluster(door: Door, id: string, signal?: AbortSignal): Promise<Cluster> {
  const body = await inWords(`Reading cluster ${id}`, `There is no cluster ${id} that you can see.`, () =>
    door.json('/api/2.1/clusters/get', { cluster_id: id }, signal),
  );
  return { ...(summaryOf(body) ?? { id, name: id }), body };
}

/** Clusters that people made, whose name holds `name` (any case); at most `limit`. */
export async function listClusters(
  door: Door,
  filter: { readonly name?: string | undefined; readonly limit?: number | undefined },
  signal?: AbortSignal,
): Promise<ClusterSummary[]> {
  const limit = filter.limit ?? LIMITS.jobsListed;
  const wanted = (filter.name ?? '').toLowerCase();
  const found: ClusterSummary[] = [];
  let token = '';
  for (let page = 0; page < LIMITS.namePages && found.length < limit; page++) {
    const query = { page_size: '100', ...MADE_BY_PEOPLE, ...(token === '' ? {} : { page_token: token }) };
    const body = await inWords('Listing clusters', 'There are no clusters.', () => door.json('/api/2.1/clusters/list', query, signal));
    found.push(
      ...objects(body.clusters)
        .flatMap((one) => summaryOf(one) ?? [])
        .filter(({ name }) => name.toLowerCase().includes(wanted)),
    );
    token = textOf(body.next_page_token) ?? '';
    if (token === '') break;
  }
  return found.slice(0, limit);
}

function summaryOf(body: JsonObject): ClusterSummary | undefined {
  const id = textOf(body.cluster_id);
  if (id === undefined) return undefined;
  return { id, name: textOf(body.cluster_name) ?? id, state: textOf(body.state), creator: textOf(body.creator_user_name) };
}

/** SQL warehouses that the person may see. */
export async function listWarehouses(door: Door, signal?: AbortSignal): Promise<Warehouse[]> {
  const body = await inWords('Listing SQL warehouses', 'There are none.', () => door.json('/api/2.0/sql/warehouses', {}, signal));
  return objects(body.warehouses).flatMap((one): Warehouse[] => {
    const id = textOf(one.id);
    if (id === undefined) return [];
    const serverless = one.enable_serverless_compute === true;
    return [{ id, name: textOf(one.name) ?? id, state: textOf(one.state), size: textOf(one.cluster_size), serverless }];
  });
}

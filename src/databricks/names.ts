// Names for ids, as the CLI will look them up: a name counts only where exactly one thing has it.
import type { LookupKind, LookupName } from '../bundle/bundle.ts';
import { isObject, type Json, type JsonObject } from '../bundle/json.ts';
import { UpstreamError } from '../errors.ts';
import type { Door } from './client.ts';
import { LIMITS } from './limits.ts';

/** A list that the CLI goes through (its bundle/config/variable/resolve_*.go and the Go SDK's GetBy… methods). */
interface Listing {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The field of the answer that holds the items. */
  readonly items: string;
  readonly id: string;
  readonly name: string;
  /** Which items the CLI looks at; all of them when left out. */
  readonly counts?: (item: JsonObject) => boolean;
}

const LISTS: Readonly<Partial<Record<LookupKind, Listing>>> = {
  warehouse: { path: '/api/2.0/sql/warehouses', items: 'warehouses', id: 'id', name: 'name' },
  cluster: {
    path: '/api/2.1/clusters/list',
    query: { page_size: '100' },
    items: 'clusters',
    id: 'cluster_id',
    name: 'cluster_name',
    counts: ({ cluster_source: source }) => source === undefined || source === 'API' || source === 'UI',
  },
  cluster_policy: { path: '/api/2.0/policies/clusters/list', items: 'policies', id: 'policy_id', name: 'name' },
  instance_pool: { path: '/api/2.0/instance-pools/list', items: 'instance_pools', id: 'instance_pool_id', name: 'instance_pool_name' },
  notification_destination: {
    path: '/api/2.0/notification-destinations',
    query: { page_size: '200' },
    items: 'results',
    id: 'id',
    name: 'display_name',
  },
  query: { path: '/api/2.0/sql/queries', query: { page_size: '100' }, items: 'results', id: 'id', name: 'display_name' },
  alert: { path: '/api/2.0/sql/alerts', query: { page_size: '100' }, items: 'results', id: 'id', name: 'display_name' },
  // The CLI knows the older dashboards only.
  dashboard: { path: '/api/2.0/preview/sql/dashboards', query: { page_size: '100' }, items: 'results', id: 'id', name: 'name' },
};

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;

/** Names of things by kind and id; what may not be listed, does not exist or shares its name has none. Rejects only for a sign-in or network that failed. */
export async function readNames(
  door: Door,
  wanted: readonly { readonly kind: LookupKind; readonly id: string }[],
  signal?: AbortSignal,
): Promise<LookupName[]> {
  const ids = new Map<LookupKind, Set<string>>();
  for (const { kind, id } of wanted) ids.set(kind, (ids.get(kind) ?? new Set()).add(id));
  const found = await Promise.all([...ids].map(([kind, set]) => orNone(() => namesOf(door, kind, set, signal))));
  return found.flat();
}

async function orNone(read: () => Promise<LookupName[]>): Promise<LookupName[]> {
  try {
    return await read();
  } catch (error) {
    const status = error instanceof UpstreamError ? error.failure.status : undefined;
    if (status === undefined || status === 401 || status === 429) throw error;
    return [];
  }
}

async function namesOf(door: Door, kind: LookupKind, ids: ReadonlySet<string>, signal?: AbortSignal): Promise<LookupName[]> {
  if (kind === 'job') return await each(ids, (id) => jobName(door, id, signal));
  if (kind === 'pipeline') return await each(ids, (id) => pipelineName(door, id, signal));
  if (kind === 'service_principal') return await each(ids, (id) => principalName(door, id, signal));
  const listing = LISTS[kind];
  if (listing === undefined) return [];
  const all = await listed(door, listing, signal);
  return all
    .filter(({ id, name }) => ids.has(id) && all.filter((other) => other.name === name).length === 1)
    .map((one) => ({ kind, ...one }));
}

async function each(ids: ReadonlySet<string>, read: (id: string) => Promise<LookupName | undefined>): Promise<LookupName[]> {
  const found = await Promise.all(
    [...ids].map(async (id) => await orNone(async () => [await read(id)].filter((one) => one !== undefined))),
  );
  return found.flat();
}

async function listed(
  door: Door,
  { path, query = {}, items, id, name, counts }: Listing,
  signal?: AbortSignal,
): Promise<{ id: string; name: string }[]> {
  const found: { id: string; name: string }[] = [];
  let more: Record<string, string> = {};
  for (let page = 1; page <= LIMITS.namePages; page++) {
    const body = await door.json(path, { ...query, ...more }, signal);
    for (const item of objects(body[items])) {
      const [itemId, itemName] = [text(item[id]), text(item[name])];
      if (itemId !== undefined && itemName !== undefined && counts?.(item) !== false) found.push({ id: itemId, name: itemName });
    }
    const token = text(body.next_page_token);
    // The older lists count pages instead.
    const counted = typeof body.count === 'number' && typeof body.page_size === 'number' && body.count > page * body.page_size;
    if (token === undefined && !counted) return found;
    more = token === undefined ? { page: String(page + 1) } : { page_token: token };
  }
  // Not all of it was seen: nobody knows whether a name is the only one.
  return [];
}

async function jobName(door: Door, id: string, signal?: AbortSignal): Promise<LookupName | undefined> {
  const body = await door.json('/api/2.2/jobs/get', { job_id: id }, signal);
  const name = text((isObject(body.settings) ? body.settings : {}).name);
  if (name === undefined) return undefined;
  const same = await door.json('/api/2.2/jobs/list', { name, limit: '2' }, signal);
  return objects(same.jobs).length === 1 ? { kind: 'job', id, name } : undefined;
}

async function pipelineName(door: Door, id: string, signal?: AbortSignal): Promise<LookupName | undefined> {
  const body = await door.json(`/api/2.0/pipelines/${encodeURIComponent(id)}`, {}, signal);
  const name = text(body.name);
  // In the filter's text a quote ends it, and % and _ stand for others: such a name can't be asked for.
  if (name === undefined || /['%_\\]/.test(name)) return undefined;
  const same = await door.json('/api/2.0/pipelines', { filter: `name LIKE '${name}'`, max_results: '2' }, signal);
  return objects(same.statuses).length === 1 ? { kind: 'pipeline', id, name } : undefined;
}

/** A service principal by its application id, which is what jobs name. */
async function principalName(door: Door, id: string, signal?: AbortSignal): Promise<LookupName | undefined> {
  if (!/^[\w-]+$/.test(id)) return undefined;
  const path = '/api/2.0/preview/scim/v2/ServicePrincipals';
  const [found] = objects((await door.json(path, { filter: `applicationId eq '${id}'` }, signal)).Resources);
  const name = text(found?.displayName);
  if (name === undefined || text(found?.applicationId) !== id || /['"\\]/.test(name)) return undefined;
  const same = objects((await door.json(path, { filter: `displayName eq '${name}'` }, signal)).Resources);
  return same.length === 1 ? { kind: 'service_principal', id, name } : undefined;
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isObject(item)) : [];
}

// Names for ids, as the CLI will look them up: a name counts only where exactly one thing has it (facts: bundles#variables-and-lookups).
import type { LookupKind, LookupName } from '../../bundle/model/bundle.ts';
import type { JsonObject } from '../../values/json.ts';
import { objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { inWords, statusOf } from '../http/errors.ts';
import { count, id as idOf, objects } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door, Query } from '../http/requests.ts';
import { createSlots } from '../http/slots.ts';
import { MADE_BY_PEOPLE } from './compute.ts';

/** A list that the CLI goes through (its bundle/config/variable/resolve_*.go and the Go SDK's GetBy… methods). */
interface Listing {
  readonly path: string;
  readonly query?: Query;
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
    query: { page_size: '100', ...MADE_BY_PEOPLE },
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

type Slot = ReturnType<typeof createSlots>;
type Ask = (path: string, query: Query) => Promise<JsonObject>;

/** Names of things by kind and id; what may not be listed, does not exist or shares its name has none. Rejects only for a sign-in or network that failed. */
export async function readNames(
  door: Door,
  wanted: readonly { readonly kind: LookupKind; readonly id: string }[],
  signal?: AbortSignal,
): Promise<LookupName[]> {
  const slot = createSlots(LIMITS.atOnce);
  const ask: Ask = (path, query) => inWords('Looking names up', 'There are none.', () => door.json(path, query, signal));
  const ids = new Map<LookupKind, Set<string>>();
  for (const { kind, id } of wanted) ids.set(kind, (ids.get(kind) ?? new Set()).add(id));
  const found = await Promise.all([...ids].map(([kind, set]) => namesOf(ask, slot, kind, [...set])));
  return found.flat();
}

async function namesOf(ask: Ask, slot: Slot, kind: LookupKind, ids: readonly string[]): Promise<LookupName[]> {
  const single = SINGLE[kind];
  if (single !== undefined) {
    const names = await Promise.all(ids.map((id) => slot(() => orNone(undefined, () => single(ask, id)))));
    return ids.flatMap((id, i) => (names[i] === undefined ? [] : [{ kind, id, name: names[i] }]));
  }
  const listing = LISTS[kind];
  if (listing === undefined) return [];
  const all = await slot(() => orNone([], () => listed(ask, listing)));
  const times = new Map<string, number>();
  for (const { name } of all) times.set(name, (times.get(name) ?? 0) + 1);
  return all.filter(({ id, name }) => ids.includes(id) && times.get(name) === 1).map((one) => ({ kind, ...one }));
}

async function orNone<T>(none: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status === 401 || status === 429) throw error;
    return none;
  }
}

async function listed(ask: Ask, { path, query = {}, items, id, name, counts }: Listing): Promise<{ id: string; name: string }[]> {
  const found: { id: string; name: string }[] = [];
  let more: Query = {};
  for (let page = 1; page <= LIMITS.namePages; page++) {
    const body = await ask(path, { ...query, ...more });
    for (const item of objects(body[items])) {
      const [itemId, itemName] = [idOf(item[id]), textOf(item[name])];
      if (itemId !== undefined && itemName !== undefined && counts?.(item) !== false) found.push({ id: itemId, name: itemName });
    }
    const token = textOf(body.next_page_token);
    // The older lists count pages instead.
    const counted = (count(body.count) ?? 0) > page * (count(body.page_size) ?? Number.POSITIVE_INFINITY);
    if (token === undefined && !counted) return found;
    more = token === undefined ? { page: String(page + 1) } : { page_token: token };
  }
  // Not all of it was seen: nobody knows whether a name is the only one.
  return [];
}

/** Kinds of which there are too many for a list: the thing's own name, then whether another one has it. */
const SINGLE: Readonly<Partial<Record<LookupKind, (ask: Ask, id: string) => Promise<string | undefined>>>> = {
  async job(ask, id) {
    const name = textOf(objectOf((await ask('/api/2.2/jobs/get', { job_id: id })).settings).name);
    if (name === undefined) return undefined;
    // The filter ignores case, the CLI does not.
    const body = await ask('/api/2.2/jobs/list', { name, limit: String(LIMITS.jobsPerPage) });
    const names = objects(body.jobs).map(({ settings }) => textOf(objectOf(settings).name));
    return onlyOne(name, names, body);
  },
  async pipeline(ask, id) {
    const name = textOf((await ask(`/api/2.0/pipelines/${encodeURIComponent(id)}`, {})).name);
    // In the filter a quote ends the text; % and _ stand for others, so it may find more than the name.
    if (name === undefined || /['\\]/.test(name)) return undefined;
    const body = await ask('/api/2.0/pipelines', { filter: `name LIKE '${name}'`, max_results: String(LIMITS.jobsPerPage) });
    return onlyOne(
      name,
      objects(body.statuses).map((one) => textOf(one.name)),
      body,
    );
  },
  /** By its application id, which is what jobs name. */
  async service_principal(ask, id) {
    if (!/^[\w-]+$/.test(id)) return undefined;
    const path = '/api/2.0/preview/scim/v2/ServicePrincipals';
    const [found] = objects((await ask(path, { filter: `applicationId eq '${id}'` })).Resources);
    const name = textOf(found?.displayName);
    if (name === undefined || textOf(found?.applicationId) !== id || /['"\\]/.test(name)) return undefined;
    const same = objects((await ask(path, { filter: `displayName eq '${name}'` })).Resources);
    return same.length === 1 ? name : undefined;
  },
};

function onlyOne(name: string, names: readonly (string | undefined)[], body: JsonObject): string | undefined {
  return textOf(body.next_page_token) === undefined && names.filter((other) => other === name).length === 1 ? name : undefined;
}

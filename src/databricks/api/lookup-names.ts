// The names by which the CLI finds ids again: a name counts only where exactly one thing has it (facts: bundles#variables-and-lookups).
import type { LookupKind, LookupName } from '../../bundle/model/bundle.ts';
import { type JsonObject, objectOf, objectsIn } from '../../values/json.ts';
import { createSlots } from '../../values/slots.ts';
import { textOf } from '../../values/text.ts';
import { unlessAnsweredWithError, withErrorWords } from '../http/errors.ts';
import { count, id as idOf } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { QueryParameters, Requests } from '../http/requests.ts';
import { MADE_BY_PEOPLE } from './compute.ts';

/** A list that the CLI searches (see its bundle/config/variable/resolve_*.go and the Go SDK's GetBy… methods). */
interface Listing {
  readonly path: string;
  readonly query?: QueryParameters;
  /** The field of the answer that holds the items, and the fields of an item. */
  readonly items: string;
  readonly id: string;
  readonly name: string;
  /** Which items the CLI considers; all of them when left out. */
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
type Ask = (path: string, query: QueryParameters) => Promise<JsonObject>;

/**
 * The names of ids. An id has none where its kind may not be listed, where it does not exist, or where something else has the same name.
 * Rejects only where the sign-in or the network fails.
 */
export async function findLookupNames(
  requests: Requests,
  wanted: readonly { readonly kind: LookupKind; readonly id: string }[],
  signal?: AbortSignal,
): Promise<LookupName[]> {
  const slot = createSlots(LIMITS.atOnce);
  const ask: Ask = (path, query) => withErrorWords('Looking names up', 'There are none.', () => requests.getJson(path, query, signal));
  const ids = new Map<LookupKind, Set<string>>();
  for (const { kind, id } of wanted) ids.set(kind, (ids.get(kind) ?? new Set()).add(id));
  const found = await Promise.all([...ids].map(([kind, set]) => namesOf(ask, slot, kind, [...set])));
  return found.flat();
}

async function namesOf(ask: Ask, slot: Slot, kind: LookupKind, ids: readonly string[]): Promise<LookupName[]> {
  const single = ONE_BY_ONE[kind];
  if (single !== undefined) {
    const names = await Promise.all(ids.map((id) => slot(() => unlessAnsweredWithError(() => single(ask, id)))));
    return ids.flatMap((id, i) => (names[i] === undefined ? [] : [{ kind, id, name: names[i] }]));
  }
  const listing = LISTS[kind];
  if (listing === undefined) return [];
  const all = (await slot(() => unlessAnsweredWithError(() => listAll(ask, listing)))) ?? [];
  const times = new Map<string, number>();
  for (const { name } of all) times.set(name, (times.get(name) ?? 0) + 1);
  return all.filter(({ id, name }) => ids.includes(id) && times.get(name) === 1).map((one) => ({ kind, ...one }));
}

async function listAll(ask: Ask, { path, query = {}, items, id, name, counts }: Listing): Promise<{ id: string; name: string }[]> {
  const found: { id: string; name: string }[] = [];
  let more: QueryParameters = {};
  for (let page = 1; page <= LIMITS.listPages; page++) {
    const body = await ask(path, { ...query, ...more });
    for (const item of objectsIn(body[items])) {
      const [itemId, itemName] = [idOf(item[id]), textOf(item[name])];
      if (itemId !== undefined && itemName !== undefined && counts?.(item) !== false) found.push({ id: itemId, name: itemName });
    }
    const token = textOf(body.next_page_token);
    // The older lists count pages instead.
    const counted = (count(body.count) ?? 0) > page * (count(body.page_size) ?? Number.POSITIVE_INFINITY);
    if (token === undefined && !counted) return found;
    more = token === undefined ? { page: String(page + 1) } : { page_token: token };
  }
  // The list goes on: nobody knows whether a name in it is the only one.
  return [];
}

/** For kinds of which there are too many to list them all: the name of one, unless another one has it too. */
const ONE_BY_ONE: Readonly<Partial<Record<LookupKind, (ask: Ask, id: string) => Promise<string | undefined>>>> = {
  async job(ask, id) {
    const name = textOf(objectOf((await ask('/api/2.2/jobs/get', { job_id: id })).settings).name);
    if (name === undefined) return undefined;
    // The filter ignores case, the CLI does not.
    const body = await ask('/api/2.2/jobs/list', { name, limit: String(LIMITS.jobsPerPage) });
    const names = objectsIn(body.jobs).map(({ settings }) => textOf(objectOf(settings).name));
    return onlyOne(name, names, body);
  },
  async pipeline(ask, id) {
    const name = textOf((await ask(`/api/2.0/pipelines/${encodeURIComponent(id)}`, {})).name);
    // A quote would end the text of the filter. In it % and _ match other characters, so it may find more than this name.
    if (name === undefined || /['\\]/.test(name)) return undefined;
    const body = await ask('/api/2.0/pipelines', { filter: `name LIKE '${name}'`, max_results: String(LIMITS.jobsPerPage) });
    return onlyOne(
      name,
      objectsIn(body.statuses).map((one) => textOf(one.name)),
      body,
    );
  },
  /** By its application id, which is what jobs name. */
  async service_principal(ask, id) {
    if (!/^[\w-]+$/.test(id)) return undefined;
    const path = '/api/2.0/preview/scim/v2/ServicePrincipals';
    const [found] = objectsIn((await ask(path, { filter: `applicationId eq '${id}'` })).Resources);
    const name = textOf(found?.displayName);
    if (name === undefined || textOf(found?.applicationId) !== id || /['"\\]/.test(name)) return undefined;
    const same = objectsIn((await ask(path, { filter: `displayName eq '${name}'` })).Resources);
    return same.length === 1 ? name : undefined;
  },
};

function onlyOne(name: string, names: readonly (string | undefined)[], body: JsonObject): string | undefined {
  return textOf(body.next_page_token) === undefined && names.filter((other) => other === name).length === 1 ? name : undefined;
}

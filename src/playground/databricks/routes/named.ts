// What bundles look up by name beside compute: saved queries, alerts, older dashboards, notification destinations, service principals.
import { type Answer, type Call, ok } from '../http/answer.ts';
import type { JsonObject } from '../http/json.ts';
import { pageOf } from '../http/paging.ts';
import { type Route, route } from '../http/router.ts';
import type { Workspace } from '../state/state.ts';

/** Pages as the APIs document them. */
const OF_SQL = { sizeName: 'page_size', usual: 20, most: 100 };
const OF_DESTINATIONS = { sizeName: 'page_size', usual: 20, most: 200 };
const OF_OLDER_DASHBOARDS = { usual: 25, most: 250 };

export function namedRoutes(workspace: Workspace): Route[] {
  const listOf =
    (of: Map<string, JsonObject>, page: typeof OF_SQL) =>
    (call: Call): Answer => {
      const { items, next } = pageOf(call, [...of.values()], page);
      return ok({ ...(items.length > 0 ? { results: items } : {}), ...next });
    };
  // Counts pages instead of handing out tokens, and answers an empty one after the last.
  const olderDashboards = (call: Call): Answer => {
    const { usual, most } = OF_OLDER_DASHBOARDS;
    const size = Math.min(Number(call.query.get('page_size') ?? usual) || usual, most);
    const page = Math.max(Number(call.query.get('page') ?? 1) || 1, 1);
    const all = [...workspace.olderDashboards.values()];
    return ok({ count: all.length, page, page_size: size, results: all.slice((page - 1) * size, page * size) });
  };
  const principals = (call: Call): Answer => {
    const [, field = '', wanted] = /^(displayName|applicationId) eq ['"](.*)['"]$/i.exec(call.query.get('filter') ?? '') ?? [];
    const all = [...workspace.principals.values()].filter((one) => wanted === undefined || one[field] === wanted);
    const from = Math.max(Number(call.query.get('startIndex') ?? 1) || 1, 1);
    const found = all.slice(from - 1, from - 1 + Number(call.query.get('count') ?? 100));
    return ok({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: all.length,
      startIndex: from,
      itemsPerPage: found.length,
      ...(found.length > 0 ? { Resources: found } : {}),
    });
  };

  return [
    route('GET', '/api/2.0/sql/queries', listOf(workspace.queries, OF_SQL)),
    route('GET', '/api/2.0/sql/alerts', listOf(workspace.alerts, OF_SQL)),
    route('GET', '/api/2.0/notification-destinations', listOf(workspace.destinations, OF_DESTINATIONS)),
    route('GET', '/api/2.0/preview/sql/dashboards', olderDashboards),
    route('GET', '/api/2.0/preview/scim/v2/ServicePrincipals', principals),
  ];
}

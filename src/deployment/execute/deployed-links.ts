// What a deployment made, with addresses for people, as `bundle summary` tells it.
import { isObject, type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import type { DeployResult } from '../approval/deployment-proposal.ts';

/** Jobs, the bundle's own first, and what came along. An address that does not lead to `host` is not taken. */
export function deployedOf(summary: JsonObject, host: string): Pick<DeployResult, 'jobs' | 'others'> {
  const group = (type: string, path: (id: string) => string) => {
    return Object.entries(objectOf(objectOf(summary.resources)[type])).flatMap(([key, value]) => {
      if (!isObject(value) || value.id === undefined || value.id === null) return [];
      const id = String(value.id);
      const url = typeof value.url === 'string' && value.url.startsWith(`${host}/`) ? value.url : `${host}/${path(id)}`;
      return [{ key, id, url, name: textOf(value.name) ?? textOf(value.display_name) ?? key }];
    });
  };
  // A bundle that is made of a job is called like it.
  const main = objectOf(summary.bundle).name;
  const others = [
    ...group('pipelines', (id) => `pipelines/${id}`).map((one) => ({ ...one, kind: 'pipeline' as const })),
    ...group('dashboards', (id) => `dashboardsv3/${id}/published`).map((one) => ({ ...one, kind: 'dashboard' as const })),
  ];
  const jobs = group('jobs', (id) => `jobs/${id}`).sort((a, b) => Number(b.key === main) - Number(a.key === main));
  return { jobs, ...(others.length === 0 ? {} : { others }) };
}

// Pipelines and dashboards: one by its id, pipelines by a part of their name.
import type { DashboardDefinition, PipelineDefinition } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import { isObject } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { unlessItemFails, withErrorWords } from '../http/errors.ts';
import { objects } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';
import { listPages } from './pages.ts';

export interface PipelineSummary {
  readonly id: string;
  readonly name: string;
  readonly creator?: string | undefined;
  readonly state?: string | undefined;
}

/** One pipeline: its `spec` as the API has it, and its present state. */
export async function getPipeline(
  requests: Requests,
  id: string,
  signal?: AbortSignal,
): Promise<PipelineDefinition & { readonly state?: string }> {
  const doing = `Reading pipeline ${id}`;
  const body = await withErrorWords(doing, `There is no pipeline ${id} that you can see.`, () =>
    requests.getJson(`/api/2.0/pipelines/${encodeURIComponent(id)}`, {}, signal),
  );
  const spec = isObject(body.spec) ? body.spec : undefined;
  if (spec === undefined)
    throw new UserError({
      doing,
      problem: 'The answer has no definition.',
      next: 'Try again; if it stays, show this to an administrator.',
    });
  const name = textOf(spec.name) ?? textOf(body.name);
  const state = textOf(body.state);
  return {
    type: 'pipelines',
    id,
    creator: textOf(body.creator_user_name),
    runAs: textOf(body.run_as_user_name),
    spec: name === undefined ? spec : { ...spec, name },
    ...(state === undefined ? {} : { state }),
  };
}

/** At most `limit` pipelines whose name contains `name`, in any case; the API's `like` minds the case, so names are compared here. */
export async function listPipelines(
  requests: Requests,
  filter: { readonly name?: string | undefined; readonly limit?: number | undefined },
  signal?: AbortSignal,
): Promise<PipelineSummary[]> {
  const wanted = (filter.name ?? '').toLowerCase();
  const limit = filter.limit ?? LIMITS.listed;
  const found: PipelineSummary[] = [];
  const query = { max_results: String(LIMITS.jobsPerPage) };
  const list = {
    path: '/api/2.0/pipelines',
    query,
    doing: 'Listing pipelines',
    missing: 'There are no pipelines.',
    pages: LIMITS.listPages,
  };
  for await (const { statuses } of listPages(requests, list, signal)) {
    for (const one of objects(statuses)) {
      const [id, name] = [textOf(one.pipeline_id), textOf(one.name) ?? ''];
      if (id !== undefined && name.toLowerCase().includes(wanted))
        found.push({ id, name, creator: textOf(one.creator_user_name), state: textOf(one.state) });
    }
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** One AI/BI dashboard: its draft, and whether it is published with its owner's credentials. */
export async function getDashboard(requests: Requests, id: string, signal?: AbortSignal): Promise<DashboardDefinition> {
  const doing = `Reading dashboard ${id}`;
  const path = `/api/2.0/lakeview/dashboards/${encodeURIComponent(id)}`;
  const [body, published] = await Promise.all([
    withErrorWords(doing, `There is no dashboard ${id} that you can see.`, () => requests.getJson(path, {}, signal)),
    unlessItemFails(() => withErrorWords(doing, 'It is not published.', () => requests.getJson(`${path}/published`, {}, signal))),
  ]);
  const serialized = textOf(body.serialized_dashboard);
  if (serialized === undefined)
    throw new UserError({ doing, problem: 'The answer has no content.', next: 'Ask its owner for the permission to edit it.' });
  return {
    type: 'dashboards',
    id,
    name: textOf(body.display_name) ?? 'Dashboard',
    warehouseId: textOf(body.warehouse_id),
    serialized,
    parentPath: textOf(body.parent_path),
    ...(published === undefined ? {} : { embedCredentials: published.embed_credentials === true }),
  };
}

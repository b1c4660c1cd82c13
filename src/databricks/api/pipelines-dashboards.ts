// Pipelines and dashboards: one by its id, pipelines by a part of their name.
import type { DashboardDefinition, PipelineDefinition } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type JsonObject, objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { strangeAnswer, unlessItemFails, withErrorWords } from '../http/errors.ts';
import { count } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Requests } from '../http/requests.ts';
import { findNamed, listPages, type NameFilter } from './pages.ts';

export interface PipelineSummary {
  readonly id: string;
  readonly name: string;
  readonly creator?: string | undefined;
  readonly state?: string | undefined;
}

export interface PipelineFilter extends NameFilter {
  /** `name` is the whole name, as it is spelled. */
  readonly exact?: boolean;
}

/** One pipeline: its `spec` as the API has it, its present state, and when it was written last (milliseconds since 1970). */
export async function getPipeline(
  requests: Requests,
  id: string,
  signal?: AbortSignal,
): Promise<PipelineDefinition & { readonly state?: string; readonly modifiedAt?: number }> {
  const doing = `Reading pipeline ${id}`;
  const body = await withErrorWords(doing, `There is no pipeline ${id} that you can see.`, () =>
    requests.getJson(`/api/2.0/pipelines/${encodeURIComponent(id)}`, {}, signal),
  );
  const { spec } = body;
  if (!isObject(spec)) throw strangeAnswer(doing, 'The answer has no definition.');
  const name = textOf(spec.name) ?? textOf(body.name);
  const state = textOf(body.state);
  const modifiedAt = count(body.last_modified);
  return {
    type: 'pipelines',
    id,
    creator: textOf(body.creator_user_name),
    runAs: textOf(body.run_as_user_name),
    spec: name === undefined ? spec : { ...spec, name },
    ...(state === undefined ? {} : { state }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
  };
}

/**
 * Pipelines by a part of their name; the API's `like` minds the case, so it is not used for that. With `exact` it is, which takes one request;
 * it may answer a few others, since `_` stands for any character in it.
 */
export function listPipelines(requests: Requests, filter: PipelineFilter, signal?: AbortSignal): Promise<PipelineSummary[]> {
  const { name = '', exact = false } = filter;
  // How a quote is written in a filter is documented nowhere.
  const like = exact && !/['\\%]/.test(name);
  const list = {
    path: '/api/2.0/pipelines',
    query: { max_results: String(LIMITS.jobsPerPage), ...(like ? { filter: `name LIKE '${name}'` } : {}) },
    doing: 'Listing pipelines',
    missing: 'There are no pipelines.',
    pages: LIMITS.listPages,
  };
  return findNamed(listPages(requests, list, signal), ({ statuses }) => objectsIn(statuses).flatMap((one) => summaryOf(one) ?? []), filter);
}

function summaryOf(one: JsonObject): PipelineSummary | undefined {
  const id = textOf(one.pipeline_id);
  return id === undefined
    ? undefined
    : { id, name: textOf(one.name) ?? '', creator: textOf(one.creator_user_name), state: textOf(one.state) };
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

// Pipelines and dashboards: one by its id, pipelines by a part of their name.
import type { DashboardDefinition, PipelineDefinition } from '../../bundle/model/bundle.ts';
import { UserError } from '../../values/errors.ts';
import { isObject } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { inWords, isOfOneThing } from '../http/errors.ts';
import { objects } from '../http/json-fields.ts';
import { LIMITS } from '../http/limits.ts';
import type { Door } from '../http/requests.ts';

export interface PipelineSummary {
  readonly id: string;
  readonly name: string;
  readonly creator?: string | undefined;
  readonly state?: string | undefined;
}

/** One pipeline with its `spec` as the API has it; `state` is its state now. */
export async function getPipeline(door: Door, id: string, signal?: AbortSignal): Promise<PipelineDefinition & { readonly state?: string }> {
  const doing = `Reading pipeline ${id}`;
  const body = await inWords(doing, `There is no pipeline ${id} that you can see.`, () =>
    door.json(`/api/2.0/pipelines/${encodeURIComponent(id)}`, {}, signal),
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
    ...(state !== undefined && { state }),
  };
}

/** Pipelines whose name holds `name` (the API's `like` ignores no case, so parts are compared here), at most `limit`. */
export async function listPipelines(
  door: Door,
  filter: { readonly name?: string | undefined; readonly limit?: number | undefined },
  signal?: AbortSignal,
): Promise<PipelineSummary[]> {
  const wanted = (filter.name ?? '').toLowerCase();
  const limit = filter.limit ?? LIMITS.jobsListed;
  const found: PipelineSummary[] = [];
  let token = '';
  for (let page = 0; page < LIMITS.namePages && found.length < limit; page++) {
    const query = { max_results: String(LIMITS.jobsPerPage), ...(token === '' ? {} : { page_token: token }) };
    const body = await inWords('Listing pipelines', 'There are no pipelines.', () => door.json('/api/2.0/pipelines', query, signal));
    for (const one of objects(body.statuses)) {
      const [id, name] = [textOf(one.pipeline_id), textOf(one.name) ?? ''];
      if (id !== undefined && name.toLowerCase().includes(wanted))
        found.push({ id, name, creator: textOf(one.creator_user_name), state: textOf(one.state) });
    }
    token = textOf(body.next_page_token) ?? '';
    if (token === '') break;
  }
  return found.slice(0, limit);
}

/** One dashboard (AI/BI) with its draft, and how it is published. */
export async function getDashboard(door: Door, id: string, signal?: AbortSignal): Promise<DashboardDefinition> {
  const doing = `Reading dashboard ${id}`;
  const path = `/api/2.0/lakeview/dashboards/${encodeURIComponent(id)}`;
  const [body, published] = await Promise.all([
    inWords(doing, `There is no dashboard ${id} that you can see.`, () => door.json(path, {}, signal)),
    inWords(doing, 'It is not published.', () => door.json(`${path}/published`, {}, signal)).catch((error: unknown) => {
      if (isOfOneThing(error)) return undefined;
      throw error;
    }),
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
    ...(published !== undefined && { embedCredentials: published.embed_credentials === true }),
  };
}

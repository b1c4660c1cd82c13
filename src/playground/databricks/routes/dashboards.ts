// /api/2.0/lakeview/dashboards: drafts and what is published of them, as the CLI deploys them.
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { levelOn } from '../access/object-access.ts';
import { checkPath, findVisible } from '../access/path-access.ts';
import { type Answer, type Call, forbidden, missing, ok, Refusal } from '../http/answer.ts';
import { bodyOf, bodyText } from '../http/body.ts';
import { isObject, type Json, type JsonObject, objectsIn, parseJson, stringifyJson, textOf } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import { LEVEL, type Level } from '../state/grants.ts';
import type { Dashboard, Workspace } from '../state/state.ts';

const NEEDED: Readonly<Record<number, string>> = { [LEVEL.view]: 'CAN_READ', [LEVEL.edit]: 'CAN_EDIT', [LEVEL.manage]: 'CAN_MANAGE' };

/** The first etag; each write counts it up. */
const FIRST_ETAG = 80_611_980;

export function dashboardsRoutes(workspace: Workspace): Route[] {
  const { dashboards } = workspace;
  const time = (): string => new Date(workspace.now()).toISOString();

  const find = (call: Call, level: Level = LEVEL.view): { id: string; dashboard: Dashboard } => {
    const id = call.params.id ?? '';
    const dashboard = dashboards.get(id);
    if (dashboard === undefined) throw missing(`Unable to find dashboard [${id}]`);
    if (levelOn(workspace, call.user, 'dashboards', id) < level)
      throw forbidden(`User ${call.user.userName} does not have ${NEEDED[level]} permission on dashboard ${id}.`);
    return { id, dashboard };
  };
  const checkPlace = (path: string, own?: string): void => {
    for (const [id, { draft }] of dashboards) {
      if (id === own || draft.path !== path || draft.lifecycle_state === 'TRASHED') continue;
      const words = `Unable to register dashboard [dashboards/${id}]. Caused by Node named '${posix.basename(path)}' already exists`;
      throw new Refusal(409, 'ALREADY_EXISTS', words);
    }
  };

  const create = (call: Call): Answer => {
    const sent = bodyOf(call);
    const name = bodyText(sent, 'display_name');
    const parent = textOf(sent.parent_path) ?? `/Users/${call.user.userName}`;
    if (findVisible(workspace, call.user, parent).type !== 'DIRECTORY') throw missing(`Path (${parent}) doesn't exist.`);
    checkPath(workspace, call.user, parent, LEVEL.manage);
    const parentPath = parent.replace(/^\/Workspace(?=\/)/, '');
    const path = `${parentPath}/${name}.lvdash.json`;
    checkPlace(path);
    const id = randomBytes(16).toString('hex');
    const draft: JsonObject = {
      dashboard_id: id,
      display_name: name,
      path,
      parent_path: parentPath,
      create_time: time(),
      update_time: time(),
      etag: String(FIRST_ETAG),
      lifecycle_state: 'ACTIVE',
      ...(sent.warehouse_id === undefined ? {} : { warehouse_id: sent.warehouse_id }),
      serialized_dashboard: kept(textOf(sent.serialized_dashboard) ?? '{}', call.query),
    };
    dashboards.set(id, { creator: call.user.userName, draft });
    return ok(draft);
  };
  const update = (call: Call): Answer => {
    const { id, dashboard } = find(call, LEVEL.edit);
    const sent = bodyOf(call);
    const { draft } = dashboard;
    const name = textOf(sent.display_name) ?? textOf(draft.display_name) ?? '';
    const path = `${posix.dirname(textOf(draft.path) ?? '/')}/${name}.lvdash.json`;
    checkPlace(path, id);
    const text = textOf(sent.serialized_dashboard);
    dashboard.draft = {
      ...draft,
      display_name: name,
      path,
      update_time: time(),
      etag: String(Number(draft.etag) + 1),
      lifecycle_state: 'ACTIVE',
      ...(sent.warehouse_id === undefined ? {} : { warehouse_id: sent.warehouse_id }),
      ...(text === undefined ? {} : { serialized_dashboard: kept(text, call.query) }),
    };
    return ok(dashboard.draft);
  };
  const trash = (call: Call): Answer => {
    const { dashboard } = find(call, LEVEL.manage);
    const parent = `/Users/${call.user.userName}/Trash`;
    const { draft } = dashboard;
    dashboard.draft = { ...draft, lifecycle_state: 'TRASHED', parent_path: parent, path: null };
    dashboard.published = undefined;
    return ok(draft);
  };
  const publish = (call: Call): Answer => {
    const { dashboard } = find(call, LEVEL.edit);
    const sent = bodyOf(call);
    dashboard.published = {
      display_name: dashboard.draft.display_name ?? '',
      warehouse_id: sent.warehouse_id ?? dashboard.draft.warehouse_id ?? '',
      embed_credentials: sent.embed_credentials ?? true,
      revision_create_time: time(),
    };
    return ok(dashboard.published);
  };
  const published = (call: Call): Answer => {
    const { id, dashboard } = find(call);
    if (dashboard.published === undefined) throw missing(`Unable to find published dashboard [${id}]`);
    return ok(dashboard.published);
  };
  const unpublish = (call: Call): Answer => {
    find(call, LEVEL.edit).dashboard.published = undefined;
    return ok();
  };

  const one = '/api/2.0/lakeview/dashboards/:id';
  return [
    route('POST', '/api/2.0/lakeview/dashboards', create),
    route('GET', one, (call) => ok(find(call).dashboard.draft)),
    route('PATCH', one, update),
    route('DELETE', one, trash),
    route('POST', `${one}/published`, publish),
    route('GET', `${one}/published`, published),
    route('DELETE', `${one}/published`, unpublish),
  ];
}

/** The content as it is read back: datasets get the place that the request says, pages a type, and the text ends with a line break (the CLI's fake dashboards.go, seen in the cloud). */
function kept(text: string, query: URLSearchParams): string {
  let content: Json;
  try {
    content = parseJson(text);
  } catch {
    throw new Refusal(400, 'INVALID_PARAMETER_VALUE', 'serialized_dashboard is not valid JSON');
  }
  if (!isObject(content)) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', 'serialized_dashboard is not a JSON object');
  const pages = objectsIn(content.pages);
  for (const page of pages) page.pageType ??= 'PAGE_TYPE_CANVAS';
  const [catalog, schema] = [query.get('dataset_catalog'), query.get('dataset_schema')];
  for (const dataset of objectsIn(content.datasets)) {
    if (catalog !== null) dataset.catalog = catalog;
    if (schema !== null) dataset.schema = schema;
  }
  const written =
    pages.length > 0 || schema !== null || catalog !== null || Object.keys(content).length === 0 ? stringifyJson(content) : text;
  return written.endsWith('\n') ? written : `${written}\n`;
}

// /api/2.0/pipelines: create, get, list, edit, delete; the answer's `spec` is what was sent plus what the server writes.
import { randomUUID } from 'node:crypto';
import { grantsOn, levelOn, ownerOf } from '../access/object-access.ts';
import { checkRunAs, runAsName } from '../access/run-as.ts';
import { type Answer, type Call, forbidden, invalid, missing, ok, Refusal } from '../http/answer.ts';
import { bodyOf } from '../http/body.ts';
import { copyJson, isObject, type JsonObject, objectsIn, textOf } from '../http/json.ts';
import { pageOf } from '../http/paging.ts';
import { type Route, route } from '../http/router.ts';
import { LEVEL, type Level } from '../state/grants.ts';
import type { Workspace } from '../state/state.ts';

/** Of a request, but of no spec (the Go SDK's CreatePipeline beside PipelineSpec). */
const OF_THE_REQUEST = new Set(['allow_duplicate_names', 'dry_run', 'run_as', 'parameters', 'pipeline_id', 'expected_last_modified']);
/** What a list says of each pipeline (the Go SDK's PipelineStateInfo). */
const LISTED = ['pipeline_id', 'name', 'state', 'creator_user_name', 'run_as_user_name', 'latest_updates', 'health'];
/** Pages of the list (its documentation: 25, at most 100). */
const PAGE = { sizeName: 'max_results', usual: 25, most: 100 };

export function pipelinesRoutes(workspace: Workspace): Route[] {
  const { pipelines } = workspace;

  const find = (call: Call, level: Level = LEVEL.view): { id: string; pipeline: JsonObject } => {
    const id = call.params.id ?? '';
    const pipeline = pipelines.get(id);
    if (pipeline === undefined) throw missing(`The specified pipeline ${id} was not found.`);
    const { userName } = call.user;
    // The words as the CLI's permissions/terraform_errors_test.go quotes them.
    if (levelOn(workspace, call.user, 'pipelines', id) < level)
      throw forbidden(`User ${userName} does not have ${level === LEVEL.view ? 'View' : 'Manage'} permissions on pipeline ${id}.`);
    return { id, pipeline };
  };
  const checkName = (sent: JsonObject, own?: string): void => {
    if (sent.allow_duplicate_names === true || textOf(sent.name) === undefined) return;
    for (const [id, { name }] of pipelines) {
      if (id === own || name !== sent.name) continue;
      const skip = 'This check can be skipped by setting `allow_duplicate_names = true` in the request.';
      throw new Refusal(409, 'RESOURCE_CONFLICT', `The pipeline name '${String(name)}' is already used by another pipeline. ${skip}`);
    }
  };
  const keep = (id: string, sent: JsonObject, before: JsonObject): void => {
    const runAs = isObject(sent.run_as) ? sent.run_as : before.run_as;
    const name = runAsName(runAs) ?? ownerOf(workspace, 'pipelines', id) ?? before.creator_user_name;
    pipelines.set(id, {
      ...before,
      pipeline_id: id,
      name: sent.name ?? '',
      run_as_user_name: name ?? null,
      last_modified: workspace.now(),
      effective_publishing_mode: 'DEFAULT_PUBLISHING_MODE',
      ...(runAs === undefined ? {} : { run_as: runAs }),
      ...(sent.parameters === undefined ? {} : { parameters: sent.parameters }),
      spec: specOf(id, sent),
    });
  };

  const create = (call: Call): Answer => {
    const sent = bodyOf(call);
    checkRunAs(workspace, call.user, sent);
    checkName(sent);
    const id = randomUUID();
    keep(id, sent, { creator_user_name: call.user.userName, state: 'IDLE', latest_updates: [] });
    return ok({ pipeline_id: id });
  };
  const edit = (call: Call): Answer => {
    const { id, pipeline } = find(call, LEVEL.manage);
    const sent = bodyOf(call);
    checkRunAs(workspace, call.user, sent);
    checkName(sent, id);
    keep(id, sent, pipeline);
    return ok();
  };
  const remove = (call: Call): Answer => {
    const { id } = find(call, LEVEL.manage);
    workspace.grants.set(`/pipelines/${id}`, grantsOn(workspace, 'pipelines', id));
    pipelines.delete(id);
    return ok();
  };
  const list = (call: Call): Answer => {
    const like = /^\s*name LIKE '(.*)'\s*$/i.exec(call.query.get('filter') ?? '')?.[1];
    const pattern = like === undefined ? undefined : new RegExp(`^${likePattern(like)}$`, 'is');
    const found = [...pipelines]
      .filter(([id]) => levelOn(workspace, call.user, 'pipelines', id) >= LEVEL.view)
      .map(([, pipeline]) => pipeline)
      .filter(({ name }) => pattern === undefined || pattern.test(String(name ?? '')));
    const { items, next } = pageOf(call, found, PAGE);
    const statuses = items.map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => LISTED.includes(key))));
    return ok({ ...(statuses.length > 0 ? { statuses } : {}), ...next });
  };

  // An update takes as long as a run, and fails where the pipeline's name says so.
  const updates = new Map<string, { readonly pipelineId: string; readonly creationTime: number; readonly endTime: number }>();
  const startUpdate = (call: Call): Answer => {
    const { id } = find(call);
    const updateId = randomUUID();
    const creationTime = workspace.now();
    updates.set(updateId, { pipelineId: id, creationTime, endTime: creationTime + workspace.runMs });
    return ok({ update_id: updateId });
  };
  const getUpdate = (call: Call): Answer => {
    const { id, pipeline } = find(call);
    const updateId = call.params.update ?? '';
    const update = updates.get(updateId);
    if (update?.pipelineId !== id) throw missing(`The specified update ${updateId} was not found.`);
    const end = String(pipeline.name).includes('fail') ? 'FAILED' : 'COMPLETED';
    const state = workspace.now() < update.endTime ? 'RUNNING' : end;
    return ok({ update: { pipeline_id: id, update_id: updateId, creation_time: update.creationTime, state } });
  };

  /** What failed: an update of its own, or one that a task of a run stands for. */
  const events = (call: Call): Answer => {
    const { id, pipeline } = find(call);
    const [, from] = /^level='ERROR' AND timestamp >= '([^']+)'$/.exec(call.query.get('filter') ?? '') ?? [];
    if (from === undefined || call.query.get('order_by') !== 'timestamp asc')
      throw invalid('This stand-in knows one filter and one order.');
    const own = String(pipeline.name).includes('fail') ? [...updates].filter(([, { pipelineId }]) => pipelineId === id) : [];
    const ofTasks = [...workspace.runs.values()].flatMap((run) =>
      objectsIn(run.body.tasks)
        .filter((task) => task.task_key === run.failing && isObject(task.pipeline_task) && task.pipeline_task.pipeline_id === id)
        .map((task) => [String(task.run_id), run] as const),
    );
    const failed = [...own, ...ofTasks].filter(([, { endTime }]) => endTime <= workspace.now() && endTime >= Date.parse(from));
    const found = failed
      .sort(([, one], [, other]) => one.endTime - other.endTime)
      .flatMap(([updateId, { endTime }]) => {
        const event = { level: 'ERROR', timestamp: new Date(endTime).toISOString(), origin: { pipeline_id: id, update_id: updateId } };
        const thrown = { class_name: 'AnalysisException', message: '[TABLE_OR_VIEW_NOT_FOUND] The table raw cannot be found.' };
        const flow = { event_type: 'flow_progress', message: "Flow 'orders' has FAILED.", error: { fatal: true, exceptions: [thrown] } };
        return [
          { ...event, ...flow },
          { ...event, event_type: 'update_progress', message: `Update ${updateId} is FAILED.` },
        ];
      });
    const { items, next } = pageOf(call, found, PAGE);
    return ok({ ...(items.length > 0 ? { events: items } : {}), ...next });
  };

  return [
    route('GET', '/api/2.0/pipelines/:id/events', events),
    route('POST', '/api/2.0/pipelines/:id/updates', startUpdate),
    route('GET', '/api/2.0/pipelines/:id/updates/:update', getUpdate),
    route('POST', '/api/2.0/pipelines', create),
    route('GET', '/api/2.0/pipelines', list),
    route('GET', '/api/2.0/pipelines/:id', (call) => ok(find(call).pipeline)),
    route('PUT', '/api/2.0/pipelines/:id', edit),
    route('DELETE', '/api/2.0/pipelines/:id', remove),
  ];
}

/** `id` and `storage` as in the CLI's own fake (pipelines.go); the others are what answers of the real service have beside them. */
function specOf(id: string, sent: JsonObject): JsonObject {
  const kept = Object.fromEntries(Object.entries(copyJson(sent)).filter(([key]) => !OF_THE_REQUEST.has(key)));
  const storage = kept.storage ?? (kept.catalog === undefined ? `dbfs:/pipelines/${id}` : undefined);
  return { ...kept, id, pipeline_type: 'WORKSPACE', data_sampling: false, ...(storage === undefined ? {} : { storage }) };
}

function likePattern(like: string): string {
  return like
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
}

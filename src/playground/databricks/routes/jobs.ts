// /api/2.x/jobs: create, get, list, reset, update, delete.

import { findJob } from '../access/job-access.ts';
import { grantsOn, levelOn } from '../access/object-access.ts';
import { checkRunAs, runAsName } from '../access/run-as.ts';
import { type Answer, type Call, invalid, ok } from '../http/answer.ts';
import { bodyOf, bodyText, queryText } from '../http/body.ts';
import { idNumber, isObject, type JsonObject, objectsIn } from '../http/json.ts';
import { pageOffset } from '../http/paging.ts';
import { type Route, route } from '../http/router.ts';
import { LEVEL, levelsOf, toGrant } from '../state/grants.ts';
import type { Job, Workspace } from '../state/state.ts';
import { acceptSettings, updateSettings } from './job-settings.ts';

/** Items of each array on one page of jobs/get, and the arrays that are paged (facts: databricks#paging). */
const GET_PAGE = 100;
const PAGED = ['tasks', 'job_clusters', 'environments', 'parameters'];
/** Bounds of `limit` in jobs/list (facts: databricks#paging). */
const LIST_MAX = 100;
const LIST_DEFAULT = 20;

export function jobsRoutes(workspace: Workspace): Route[] {
  const create = (call: Call): Answer => {
    const { access_control_list: grants, ...settings } = bodyOf(call);
    checkRunAs(workspace, call.user, settings);
    const jobId = workspace.nextId();
    const accepted = acceptSettings(settings);
    const creator = call.user.userName;
    workspace.jobs.set(jobId, {
      jobId,
      creator,
      createdTime: workspace.now(),
      runAs: runAsName(accepted.run_as) ?? creator,
      settings: accepted,
      extra: {},
    });
    if (grants !== undefined) {
      const given = objectsIn(grants).map(toGrant);
      const owned = given.some((grant) => levelsOf(grant).includes('IS_OWNER'));
      workspace.grants.set(`/jobs/${jobId}`, [...(owned ? [] : grantsOn(workspace, 'jobs', jobId)), ...given]);
    }
    return ok({ job_id: idNumber(jobId) });
  };

  const get = (call: Call): Answer => {
    const job = findJob(workspace, queryText(call, 'job_id'), call.user);
    const offset = pageOffset(call.query.get('page_token'));
    const body = describe(job);
    const settings = { ...job.settings };
    let more = false;
    for (const field of PAGED) {
      const items = settings[field];
      if (!Array.isArray(items)) continue;
      const slice = items.slice(offset, offset + GET_PAGE);
      if (items.length > offset + GET_PAGE) more = true;
      if (slice.length === 0 && offset > 0) delete settings[field];
      else settings[field] = slice;
    }
    return ok({ ...body, settings, ...(more ? { has_more: true, next_page_token: String(offset + GET_PAGE) } : {}) });
  };

  const list = (call: Call): Answer => {
    const limit = Number(call.query.get('limit') ?? LIST_DEFAULT);
    if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX)
      throw invalid(`Invalid limit: ${call.query.get('limit')}. Must be between 1 and ${LIST_MAX}.`);
    const name = call.query.get('name')?.toLowerCase();
    const seen = [...workspace.jobs.values()]
      .filter(
        (job) =>
          levelOn(workspace, call.user, 'jobs', job.jobId) >= LEVEL.view &&
          (name === undefined || String(job.settings.name ?? '').toLowerCase() === name),
      )
      .sort((a, b) => b.createdTime - a.createdTime || (a.jobId < b.jobId ? -1 : 1));
    const token = call.query.get('page_token');
    const offset = token === null ? Number(call.query.get('offset') ?? 0) : pageOffset(token);
    const expand = call.query.get('expand_tasks') === 'true';
    const jobs = seen.slice(offset, offset + limit).map((job) => ({ ...describe(job), settings: listedSettings(job.settings, expand) }));
    const more = seen.length > offset + limit;
    return ok({
      ...(jobs.length > 0 ? { jobs } : {}),
      has_more: more,
      ...(more ? { next_page_token: String(offset + limit) } : {}),
      ...(offset > 0 ? { prev_page_token: String(Math.max(0, offset - limit)) } : {}),
    });
  };

  const change = (call: Call, make: (job: Job, sent: JsonObject, body: JsonObject) => JsonObject): Answer => {
    const body = bodyOf(call);
    const job = findJob(workspace, bodyText(body, 'job_id'), call.user, LEVEL.manage);
    const sent = isObject(body.new_settings) ? body.new_settings : {};
    checkRunAs(workspace, call.user, sent);
    job.settings = make(job, sent, body);
    job.runAs = runAsName(job.settings.run_as) ?? job.runAs;
    return ok();
  };
  // A full replacement, but a run_as that is not mentioned stays (a known quirk of the real service; facts: cli#the-fake-workspace).
  const reset = (call: Call) =>
    change(call, (job, sent) =>
      acceptSettings(sent.run_as === undefined && job.settings.run_as !== undefined ? { ...sent, run_as: job.settings.run_as } : sent),
    );
  const update = (call: Call) =>
    change(call, (job, sent, body) =>
      updateSettings(job.settings, sent, Array.isArray(body.fields_to_remove) ? body.fields_to_remove.map(String) : []),
    );

  const remove = (call: Call): Answer => {
    const job = findJob(workspace, bodyText(bodyOf(call), 'job_id'), call.user, LEVEL.manage);
    workspace.grants.set(`/jobs/${job.jobId}`, grantsOn(workspace, 'jobs', job.jobId));
    workspace.jobs.delete(job.jobId);
    return ok();
  };

  return [
    route('POST', '/api/2.:v/jobs/create', create),
    route('GET', '/api/2.:v/jobs/get', get),
    route('GET', '/api/2.:v/jobs/list', list),
    route('POST', '/api/2.:v/jobs/reset', reset),
    route('POST', '/api/2.:v/jobs/update', update),
    route('POST', '/api/2.:v/jobs/delete', remove),
  ];
}

function describe(job: Job): JsonObject {
  return {
    ...job.extra,
    job_id: idNumber(job.jobId),
    creator_user_name: job.creator,
    run_as_user_name: job.runAs,
    created_time: job.createdTime,
  };
}

/** jobs/list leaves tasks and clusters out unless asked, and then shows the first hundred. */
function listedSettings(settings: JsonObject, expand: boolean): JsonObject {
  const { tasks, job_clusters: clusters, ...rest } = settings;
  if (!expand) return rest;
  return {
    ...rest,
    ...(Array.isArray(tasks) ? { tasks: tasks.slice(0, GET_PAGE) } : {}),
    ...(clusters === undefined ? {} : { job_clusters: clusters }),
  };
}

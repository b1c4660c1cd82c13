// /api/2.x/jobs/run-now and runs/get: a run is RUNNING when first looked at and has succeeded the next time; nothing is executed.

import { checkMayManage, findJob } from '../access/job-access.ts';
import { type Answer, type Call, invalid, ok } from '../http/answer.ts';
import { bodyOf, bodyText, queryText } from '../http/body.ts';
import { idNumber, isObject, type JsonObject, objectsIn } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import type { Run, Workspace } from '../state/state.ts';

const RUNNING = { life_cycle_state: 'RUNNING', state_message: '' };
const DONE = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS', state_message: '' };

export function runsRoutes(workspace: Workspace, host: () => string): Route[] {
  const byToken = new Map<string, string>();
  const runNow = (call: Call): Answer => {
    const body = bodyOf(call);
    const job = findJob(workspace, bodyText(body, 'job_id'), call.user);
    checkMayManage(workspace, job, call.user);
    // The same token again answers the run that the first call made.
    const token = typeof body.idempotency_token === 'string' ? body.idempotency_token : undefined;
    const known = token === undefined ? undefined : byToken.get(`${job.jobId} ${token}`);
    if (known !== undefined) return ok({ run_id: idNumber(known), number_in_job: idNumber(known) });
    const runId = workspace.nextId();
    const overrides = isObject(body.job_parameters) ? body.job_parameters : {};
    const parameters = objectsIn(job.settings.parameters).map((parameter) => {
      const name = String(parameter.name);
      return { ...parameter, value: overrides[name] ?? parameter.default ?? '' };
    });
    const tasks = objectsIn(job.settings.tasks).map((task) => ({ run_id: idNumber(workspace.nextId()), task_key: task.task_key ?? '' }));
    const described: JsonObject = {
      job_id: idNumber(job.jobId),
      run_id: idNumber(runId),
      number_in_job: idNumber(runId),
      creator_user_name: call.user.userName,
      run_name: job.settings.name ?? 'Untitled',
      run_page_url: `${host()}/jobs/${job.jobId}/runs/${runId}`,
      run_type: 'JOB_RUN',
      trigger: 'ONE_TIME',
      start_time: workspace.now(),
      tasks,
      ...(parameters.length === 0 ? {} : { job_parameters: parameters }),
    };
    if (token !== undefined) byToken.set(`${job.jobId} ${token}`, runId);
    workspace.runs.set(runId, { runId, jobId: job.jobId, startTime: workspace.now(), body: described, polled: false });
    return ok({ run_id: idNumber(runId), number_in_job: idNumber(runId) });
  };
  const get = (call: Call): Answer => {
    const runId = queryText(call, 'run_id');
    const run = workspace.runs.get(runId);
    if (run === undefined) throw invalid(`Run ${runId} does not exist.`);
    findJob(workspace, run.jobId, call.user);
    const answer = describe(run);
    run.polled = true;
    return ok(answer);
  };
  const list = (call: Call): Answer => {
    const jobId = call.query.get('job_id');
    const runs = [...workspace.runs.values()].filter((run) => jobId === null || run.jobId === jobId).map(describe);
    return ok({ ...(runs.length === 0 ? {} : { runs: runs.reverse() }), has_more: false });
  };
  return [
    route('POST', '/api/2.:v/jobs/run-now', runNow),
    route('GET', '/api/2.:v/jobs/runs/get', get),
    route('GET', '/api/2.:v/jobs/runs/list', list),
  ];
}

function describe(run: Run): JsonObject {
  const state = run.polled ? DONE : RUNNING;
  const tasks = objectsIn(run.body.tasks).map((task) => ({ ...task, state }));
  return { ...run.body, tasks, state, ...(run.polled ? { end_time: run.startTime + 1000 } : {}) };
}

// /api/2.x/jobs/run-now and runs/*: a run takes a while and then has succeeded, or failed where a name or a parameter says so; nothing is executed.

import { findJob } from '../access/job-access.ts';
import { levelOn } from '../access/object-access.ts';
import { type Answer, type Call, invalid, ok } from '../http/answer.ts';
import { bodyOf, bodyText, queryText } from '../http/body.ts';
import { idNumber, isObject, type JsonObject, objectsIn } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import { LEVEL } from '../state/grants.ts';
import type { Run, Workspace } from '../state/state.ts';

const RUNNING = { life_cycle_state: 'RUNNING', state_message: '' };
const DONE = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS', state_message: '' };
const FAILED = { life_cycle_state: 'TERMINATED', result_state: 'FAILED', state_message: 'Workload failed, see run output for details' };
const SKIPPED = { life_cycle_state: 'SKIPPED', result_state: 'UPSTREAM_FAILED', state_message: 'An upstream task failed.' };
/** A task fails whose key holds this; the first task of any job, where the value of a parameter is this. */
const FAIL = 'fail';

export function runsRoutes(workspace: Workspace, host: () => string): Route[] {
  const byToken = new Map<string, string>();
  const runNow = (call: Call): Answer => {
    const body = bodyOf(call);
    const job = findJob(workspace, bodyText(body, 'job_id'), call.user, LEVEL.run);
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
    const startTime = workspace.now();
    const tasks = objectsIn(job.settings.tasks).map((task) => ({
      ...{ run_id: idNumber(workspace.nextId()), task_key: task.task_key ?? '', start_time: startTime },
      ...(task.pipeline_task === undefined ? {} : { pipeline_task: task.pipeline_task }),
    }));
    const described: JsonObject = {
      job_id: idNumber(job.jobId),
      run_id: idNumber(runId),
      number_in_job: idNumber(runId),
      creator_user_name: call.user.userName,
      run_name: job.settings.name ?? 'Untitled',
      run_page_url: `${host()}/jobs/${job.jobId}/runs/${runId}`,
      run_type: 'JOB_RUN',
      trigger: 'ONE_TIME',
      tasks,
      ...(parameters.length === 0 ? {} : { job_parameters: parameters }),
    };
    if (token !== undefined) byToken.set(`${job.jobId} ${token}`, runId);
    const keys = tasks.map(({ task_key: key }) => String(key));
    const failing = parameters.some(({ value }) => value === FAIL) ? keys[0] : keys.find((key) => key.includes(FAIL));
    workspace.runs.set(runId, {
      ...{ runId, jobId: job.jobId, startTime, endTime: startTime + workspace.runMs },
      body: { ...described, start_time: startTime },
      failing,
    });
    return ok({ run_id: idNumber(runId), number_in_job: idNumber(runId) });
  };
  const get = (call: Call): Answer => {
    const runId = queryText(call, 'run_id');
    const run = workspace.runs.get(runId);
    if (run === undefined) throw invalid(`Run ${runId} does not exist.`);
    findJob(workspace, run.jobId, call.user);
    return ok(describe(run, workspace.now()));
  };
  const getOutput = (call: Call): Answer => {
    const runId = queryText(call, 'run_id');
    if (workspace.runs.has(runId))
      throw invalid(
        'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
      );
    for (const run of workspace.runs.values()) {
      const task = objectsIn(describe(run, workspace.now()).tasks).find((one) => String(one.run_id) === runId);
      if (task === undefined) continue;
      findJob(workspace, run.jobId, call.user);
      const error = {
        error: `ValueError: ${String(task.task_key)} can't read its table`,
        error_trace: 'Traceback (most recent call last): …',
      };
      return ok({ metadata: task, ...(run.failing === task.task_key && run.endTime <= workspace.now() ? error : {}) });
    }
    throw invalid(`Run ${runId} does not exist.`);
  };
  const list = (call: Call): Answer => {
    const jobId = call.query.get('job_id');
    const runs = [...workspace.runs.values()]
      .filter((run) => (jobId === null || run.jobId === jobId) && levelOn(workspace, call.user, 'jobs', run.jobId) >= LEVEL.view)
      .map((run) => describe(run, workspace.now()));
    return ok({ ...(runs.length === 0 ? {} : { runs: runs.reverse() }), has_more: false });
  };
  return [
    route('POST', '/api/2.:v/jobs/run-now', runNow),
    route('GET', '/api/2.:v/jobs/runs/get', get),
    route('GET', '/api/2.:v/jobs/runs/get-output', getOutput),
    route('GET', '/api/2.:v/jobs/runs/list', list),
  ];
}

function describe({ body, endTime, failing }: Run, now: number): JsonObject {
  if (now < endTime) return { ...body, tasks: objectsIn(body.tasks).map((task) => ({ ...task, state: RUNNING })), state: RUNNING };
  // What came before the task that fails has succeeded, and what comes after it is left out.
  let broken = false;
  const tasks = objectsIn(body.tasks).map((task) => {
    const state = broken ? SKIPPED : task.task_key === failing ? FAILED : DONE;
    broken ||= task.task_key === failing;
    return { ...task, state, end_time: endTime };
  });
  return { ...body, tasks, state: broken ? FAILED : DONE, end_time: endTime };
}

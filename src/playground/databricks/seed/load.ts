// Fills a workspace from disk: folders of jobs/get bodies with their grants, and a tree of workspace files.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runAsName } from '../access/run-as.ts';
import { isObject, type Json, type JsonObject, objectsIn, parseJson, stringifyJson, textOf } from '../http/json.ts';
import { toGrant } from '../state/grants.ts';
import { recognise } from '../state/notebooks.ts';
import type { Workspace } from '../state/state.ts';
import { stubWhatIsMissing } from './stubs.ts';

/**
 * Loads every `*.json` of a folder as a body of jobs/get, under its own id; grants come from `../permissions/<same name>` where that is there
 * (shape of GET permissions/jobs/ID). Sources and compute that a job names and the workspace doesn't have are made up. Answers how many.
 */
export function loadJobs(workspace: Workspace, folder: string): number {
  const bodies = bodiesIn(folder);
  for (const { name, body } of bodies) {
    if (!isObject(body)) throw new Error(`${name} holds no job (an object with job_id and settings).`);
    const job = addJob(workspace, body, name);
    const grants = join(dirname(folder), 'permissions', basename(name));
    if (existsSync(grants)) addGrants(workspace, job, parseJson(readFileSync(grants, 'utf8')));
  }
  return bodies.length;
}

function bodiesIn(folder: string): { name: string; body: Json }[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => ({ name, body: parseJson(readFileSync(join(folder, name), 'utf8')) }));
}

/** Adds a body of jobs/get; answers its id. */
export function addJob(workspace: Workspace, body: JsonObject, name = 'The job'): string {
  const { job_id: id, creator_user_name: creator, run_as_user_name: runAs, created_time: created, settings, ...extra } = body;
  const jobId = textOf(id);
  if (jobId === undefined || !/^\d+$/.test(jobId) || !isObject(settings))
    throw new Error(`${name} holds no job (an object with job_id and settings).`);
  const first = workspace.users[0]?.userName ?? '';
  const owner = typeof creator === 'string' ? creator : first;
  const identity = typeof runAs === 'string' ? runAs : (runAsName(settings.run_as) ?? owner);
  // Whoever plays the jobs of a folder may let them run as the service principals that they ran as.
  for (const name of [identity, runAsName(settings.run_as)]) if (name?.includes('@') === false) workspace.principalUsers.set(name, [first]);
  workspace.jobs.set(jobId, {
    jobId,
    creator: owner,
    runAs: identity,
    createdTime: Number(created ?? workspace.now()),
    settings,
    extra,
  });
  stubWhatIsMissing(workspace, settings);
  return jobId;
}

function addGrants(workspace: Workspace, jobId: string, body: unknown): void {
  const grants = isObject(body as JsonObject) ? objectsIn((body as JsonObject).access_control_list) : [];
  const direct = grants
    .map(toGrant)
    .filter((grant) => !objectsIn(grant.all_permissions).every((permission) => permission.inherited === true));
  if (direct.length > 0) workspace.grants.set(`/jobs/${jobId}`, direct);
}

/** Copies a folder of the disk to the root of the workspace; files with a notebook header and Jupyter files become notebooks. */
export function loadFiles(workspace: Workspace, folder: string, at = ''): void {
  for (const name of readdirSync(folder).sort()) {
    const [disk, path] = [join(folder, name), `${at}/${name}`];
    if (statSync(disk).isDirectory()) {
      workspace.files.mkdirs(path);
      loadFiles(workspace, disk, path);
      continue;
    }
    const bytes = readFileSync(disk);
    const notebook = recognise(path, bytes);
    if (notebook === undefined) workspace.files.put(path, { type: 'FILE', read: () => bytes });
    else workspace.files.put(notebook.path, { type: 'NOTEBOOK', language: notebook.language, format: notebook.format, read: () => bytes });
  }
}

/** Loads one kind of compute from a JSON array whose entries carry their id under `key`. */
export function loadCompute(of: Map<string, JsonObject>, file: string, key: string): void {
  if (!existsSync(file)) return;
  const entries = parseJson(readFileSync(file, 'utf8'));
  for (const entry of objectsIn(entries)) of.set(String(entry[key]), entry);
}

/** Loads every `*.json` of a folder as an answer of GET pipelines/ID. */
export function loadPipelines(workspace: Workspace, folder: string): void {
  for (const { name, body } of bodiesIn(folder)) {
    const id = isObject(body) ? textOf(body.pipeline_id) : undefined;
    if (!isObject(body) || id === undefined) throw new Error(`${name} holds no pipeline (an object with pipeline_id and spec).`);
    workspace.pipelines.set(id, body);
  }
}

/**
 * Loads every `*.json` of a folder as a dashboard that is published: what GET lakeview/dashboards/ID answers of it, with its serialized
 * form as JSON under `content`, and `creator` and `embed_credentials` beside it.
 */
export function loadDashboards(workspace: Workspace, folder: string): void {
  for (const { name, body } of bodiesIn(folder)) {
    const id = isObject(body) ? textOf(body.dashboard_id) : undefined;
    if (!isObject(body) || id === undefined) throw new Error(`${name} holds no dashboard (an object with dashboard_id and content).`);
    const { content, creator, embed_credentials: embed, ...rest } = body;
    const [title, parent] = [textOf(rest.display_name) ?? '', textOf(rest.parent_path) ?? ''];
    const time = new Date(workspace.now()).toISOString();
    const kept = { path: `${parent}/${title}.lvdash.json`, lifecycle_state: 'ACTIVE', etag: '1', create_time: time, update_time: time };
    workspace.dashboards.set(id, {
      creator: textOf(creator) ?? '',
      draft: { ...rest, ...kept, serialized_dashboard: `${stringifyJson(content ?? {})}\n` },
      published: {
        display_name: title,
        warehouse_id: rest.warehouse_id ?? '',
        embed_credentials: embed === true,
        revision_create_time: time,
      },
    });
  }
}

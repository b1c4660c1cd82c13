// /api/2.0/workspace: get-status, list, export, import, mkdirs, delete.

import { posix } from 'node:path';
import { levelOn } from '../access/object-access.ts';
import { checkPath, findVisible, isVisible } from '../access/path-access.ts';
import { type Answer, type Call, invalid, missing, ok, Refusal, raw, type User } from '../http/answer.ts';
import { bodyOf, bodyText, queryText } from '../http/body.ts';
import { idNumber, type JsonObject } from '../http/json.ts';
import { type Route, route } from '../http/router.ts';
import { type Entry, keyOf } from '../state/files.ts';
import { LEVEL } from '../state/grants.ts';
import { convertNotebook, fileType, type Language, recognise } from '../state/notebooks.ts';
import type { Workspace } from '../state/state.ts';

/** What workspace/export and workspace/import carry at most (Databricks' documentation of both: 10 MB). */
const EXPORT_LIMIT = 10_485_760;

export function workspaceRoutes(workspace: Workspace): Route[] {
  const { files } = workspace;

  const getStatus = (call: Call): Answer => {
    const path = queryText(call, 'path');
    const dashboard = dashboardsIn(workspace, call.user, posix.dirname(path)).find((one) => one.listed.path === path);
    if (dashboard !== undefined) return ok(dashboard.listed);
    return ok(describe(path, findVisible(workspace, call.user, path), call.query.get('return_export_info') === 'true'));
  };

  const list = (call: Call): Answer => {
    const path = queryText(call, 'path');
    const entry = findVisible(workspace, call.user, path);
    if (entry.type !== 'DIRECTORY') return ok({ objects: [describe(path, entry, false)] });
    const seen = files
      .children(path)
      .map(([name, child]) => describe(`${path.replace(/\/$/, '')}/${name}`, child, false))
      .filter(({ path: child }) => isVisible(workspace, call.user, String(child)));
    const objects = [...seen, ...dashboardsIn(workspace, call.user, path).map(({ listed }) => listed)];
    return ok(objects.length === 0 ? {} : { objects });
  };

  const exportObject = (call: Call): Answer => {
    const path = queryText(call, 'path');
    const dashboard = dashboardsIn(workspace, call.user, posix.dirname(path)).find((one) => one.listed.path === path);
    if (dashboard !== undefined) return raw(Buffer.from(dashboard.text));
    const entry = findVisible(workspace, call.user, path);
    const format = call.query.get('format') ?? 'SOURCE';
    if (entry.type === 'DIRECTORY')
      throw invalid(`Directories can only be exported in DBC or SOURCE archives, which this workspace does not make (${path}).`);
    if (!['SOURCE', 'JUPYTER', 'AUTO', 'RAW'].includes(format)) throw invalid(`Export format ${format} is not supported here.`);
    const kept = entry.format ?? 'SOURCE';
    const wanted = format === 'SOURCE' || format === 'JUPYTER' ? format : kept;
    const bytes = entry.type === 'NOTEBOOK' ? convertNotebook(entry.read(), entry.language, kept, wanted) : entry.read();
    if (bytes.length > EXPORT_LIMIT) throw tooLarge(bytes.length);
    if (call.query.get('direct_download') === 'true') return raw(bytes);
    const type = entry.type === 'NOTEBOOK' ? fileType(entry.language, wanted) : (/\.([^./]+)$/.exec(path)?.[1] ?? '');
    return ok({ content: Buffer.from(bytes).toString('base64'), file_type: type });
  };

  const importObject = (call: Call): Answer => {
    const body = bodyOf(call);
    const path = bodyText(body, 'path');
    const bytes = Buffer.from(typeof body.content === 'string' ? body.content : '', 'base64');
    if (bytes.length > EXPORT_LIMIT) throw tooLarge(bytes.length);
    const format = typeof body.format === 'string' ? body.format : 'SOURCE';
    const overwrite = body.overwrite === true;
    if (format === 'AUTO' || format === 'RAW') {
      importFile(workspace, call.user, { path, bytes, overwrite });
      return ok();
    }
    if (format !== 'SOURCE' && format !== 'JUPYTER') throw invalid(`Import format ${format} is not supported here.`);
    if (format === 'SOURCE' && typeof body.language !== 'string') throw invalid('Language must be specified for SOURCE format.');
    const language = format === 'JUPYTER' ? recognise(`${path}.ipynb`, bytes)?.language : (body.language as Language);
    if (language === undefined) throw invalid('The Jupyter notebook could not be parsed.');
    writeNotebook(workspace, call.user, { path, bytes, language, format, overwrite });
    return ok();
  };

  const mkdirs = (call: Call): Answer => {
    const path = bodyText(bodyOf(call), 'path');
    checkPath(workspace, call.user, path, LEVEL.manage);
    if (!files.mkdirs(path)) throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `Path (${path}) already exists and is not a directory.`);
    return ok();
  };

  const remove = (call: Call): Answer => {
    const body = bodyOf(call);
    const path = bodyText(body, 'path');
    checkPath(workspace, call.user, path, LEVEL.manage);
    const entry = findVisible(workspace, call.user, path);
    if (entry.type === 'DIRECTORY' && body.recursive !== true && files.children(path).length > 0) {
      throw new Refusal(400, 'DIRECTORY_NOT_EMPTY', `Folder (${path}) is not empty`);
    }
    files.remove(path);
    return ok();
  };

  return [
    route('GET', '/api/2.0/workspace/get-status', getStatus),
    route('GET', '/api/2.0/workspace/list', list),
    route('GET', '/api/2.0/workspace/export', exportObject),
    route('POST', '/api/2.0/workspace/import', importObject),
    route('POST', '/api/2.0/workspace/mkdirs', mkdirs),
    route('POST', '/api/2.0/workspace/delete', remove),
  ];
}

interface Imported {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly overwrite: boolean;
}

/** Writes a file as import-file and format AUTO do: what is a notebook becomes one, without its extension. */
export function importFile(workspace: Workspace, user: User, { path, bytes, overwrite }: Imported): void {
  const notebook = recognise(path, bytes);
  if (notebook !== undefined) {
    writeNotebook(workspace, user, { ...notebook, bytes, overwrite });
    return;
  }
  checkTarget(workspace, user, path, 'FILE');
  if (!overwrite && workspace.files.get(path) !== undefined) throw new Refusal(409, 'ALREADY_EXISTS', `File already exists at (${path}).`);
  workspace.files.put(path, { type: 'FILE', read: () => bytes });
}

function writeNotebook(workspace: Workspace, user: User, notebook: Imported & { language: Language; format: 'SOURCE' | 'JUPYTER' }): void {
  const { path, bytes } = notebook;
  checkTarget(workspace, user, path, 'NOTEBOOK');
  if (!notebook.overwrite && workspace.files.get(path) !== undefined) {
    throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `RESOURCE_ALREADY_EXISTS: ${path} already exists.`);
  }
  workspace.files.put(path, { type: 'NOTEBOOK', language: notebook.language, format: notebook.format, read: () => bytes });
}

function checkTarget(workspace: Workspace, user: User, path: string, type: Entry['type']): void {
  const parent = path.replace(/\/[^/]*$/, '') || '/';
  const there = workspace.files.get(path);
  // What is there may be edited; adding something takes managing the folder (facts: databricks#who-may-do-what).
  if (there === undefined) checkPath(workspace, user, parent, LEVEL.manage);
  else checkPath(workspace, user, path, LEVEL.edit);
  if (workspace.files.get(parent)?.type !== 'DIRECTORY') throw missing(`The parent folder (${parent}) does not exist.`);
  if (there !== undefined && there.type !== type) {
    throw invalid(`Cannot overwrite the asset at ${path} due to type mismatch (asked: ${type}, actual: ${there.type})`);
  }
}

function tooLarge(size: number): Refusal {
  return new Refusal(400, 'MAX_NOTEBOOK_SIZE_EXCEEDED', `File size is (${size} bytes), exceeded max size (${EXPORT_LIMIT} bytes)`);
}

/** The dashboards of a folder, as its list has them (the CLI's fake workspace keeps one as a file of type DASHBOARD). */
function dashboardsIn(workspace: Workspace, user: User, folder: string): { readonly listed: JsonObject; readonly text: string }[] {
  return [...workspace.dashboards].flatMap(([id, { draft }]) => {
    const { parent_path: parent, display_name: name, lifecycle_state: state, update_time: time } = draft;
    if (typeof parent !== 'string' || keyOf(parent) !== keyOf(folder) || state === 'TRASHED') return [];
    if (levelOn(workspace, user, 'dashboards', id) < LEVEL.view) return [];
    const path = `${folder.replace(/\/$/, '')}/${String(name)}.lvdash.json`;
    const listed = { object_type: 'DASHBOARD', path, resource_id: id, modified_at: Date.parse(String(time)) };
    return [{ listed, text: String(draft.serialized_dashboard ?? '') }];
  });
}

function describe(path: string, entry: Entry, exportInfo: boolean): JsonObject {
  const shared: JsonObject = {
    object_type: entry.type,
    path: path.replace(/(?<=.)\/$/, '').replace(/\/{2,}/g, '/'),
    object_id: idNumber(entry.id),
    resource_id: entry.id,
  };
  if (entry.type === 'DIRECTORY') return shared;
  const dates = { created_at: entry.createdAt, modified_at: entry.modifiedAt };
  if (entry.type === 'FILE') return { ...shared, ...dates, size: entry.read().length };
  const notebook: JsonObject = { ...shared, ...dates, language: entry.language ?? 'PYTHON' };
  return exportInfo ? { ...notebook, repos_export_format: entry.format ?? 'SOURCE' } : notebook;
}

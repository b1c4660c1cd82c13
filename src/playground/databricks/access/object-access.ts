// Who may see, run, change and own a job, a pipeline, a dashboard or something in the tree, by its grants or, without any, by who made it.
import type { User } from '../http/answer.ts';
import { type JsonObject, textOf } from '../http/json.ts';
import { LEVEL, type Level, levelIn, ownerIn, toGrant } from '../state/grants.ts';
import type { Workspace } from '../state/state.ts';
import { pathLevel } from './path-access.ts';

/** Kinds whose grants name exactly one owner. */
export const OWNED: Readonly<Record<string, string>> = { jobs: 'job', pipelines: 'pipeline' };

/** The grants given on an object itself. */
export function grantsOn(workspace: Workspace, type: string, id: string): JsonObject[] {
  const given = workspace.grants.get(`/${type}/${id}`);
  if (given !== undefined) return given;
  const creator = creatorOf(workspace, type, id);
  return creator === undefined
    ? []
    : [toGrant({ user_name: creator, permission_level: OWNED[type] === undefined ? 'CAN_MANAGE' : 'IS_OWNER' })];
}

export function levelOn(workspace: Workspace, user: User, type: string, id: string): Level {
  if (user.admin) return LEVEL.manage;
  const own = levelIn(grantsOn(workspace, type, id), user);
  const path = pathOf(workspace, type, id);
  const above = path === undefined ? LEVEL.none : pathLevel(workspace, user, path);
  return above > own ? above : own;
}

/** Whose a job or pipeline is. */
export function ownerOf(workspace: Workspace, type: string, id: string): string | undefined {
  return ownerIn(grantsOn(workspace, type, id));
}

/** Where an object lies in the tree; undefined for what doesn't. */
export function pathOf(workspace: Workspace, type: string, id: string): string | undefined {
  if (type === 'dashboards') return textOf(workspace.dashboards.get(id)?.draft.path);
  return ['directories', 'notebooks', 'files'].includes(type) ? workspace.files.byId(id)?.path : undefined;
}

function creatorOf(workspace: Workspace, type: string, id: string): string | undefined {
  if (type === 'jobs') return workspace.jobs.get(id)?.creator;
  return type === 'pipelines' ? textOf(workspace.pipelines.get(id)?.creator_user_name) : workspace.dashboards.get(id)?.creator;
}

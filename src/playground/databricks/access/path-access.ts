// Who may read and write what in the tree: homes are private, grants on a folder hold for all that lies below it, admins manage everything.
import { forbidden, missing, type User } from '../http/answer.ts';
import type { JsonObject } from '../http/json.ts';
import { type Entry, keyOf } from '../state/files.ts';
import { asInherited, LEVEL, type Level, levelIn, toGrant } from '../state/grants.ts';
import type { Workspace } from '../state/state.ts';

/** What the permissions API calls the kinds of objects in the tree. */
const KINDS: Readonly<Record<Entry['type'], string>> = { DIRECTORY: 'directories', NOTEBOOK: 'notebooks', FILE: 'files' };
/** Everybody sees that these are there, and in them what is theirs to see. */
const OPEN = ['/', '/Users', '/Repos', '/Shared'];
const WORDS: Readonly<Record<number, string>> = { [LEVEL.view]: 'View', [LEVEL.edit]: 'Edit', [LEVEL.manage]: 'Manage' };

/** What a user may do at a path, whether something is there or not (facts: databricks#who-may-do-what). */
export function pathLevel(workspace: Workspace, user: User, path: string): Level {
  return user.admin ? LEVEL.manage : levelIn(grantsAt(workspace, path), user);
}

/** Refuses what a user may not do at a path: 403 PERMISSION_DENIED in the service's words. */
export function checkPath(workspace: Workspace, user: User, path: string, level: Level): void {
  if (pathLevel(workspace, user, path) >= level) return;
  throw forbidden(
    `${user.userName} does not have ${WORDS[level]} permissions on ${path}. Please contact the owner or an administrator for access.`,
  );
}

/**
 * What is at a path, for somebody who may see it. What a user may not see is answered as `workspace.unreadable` says: like what isn't there,
 * or with 403.
 */
export function findVisible(workspace: Workspace, user: User, path: string): Entry {
  const there = [keyOf(path), ...above(path)].find((candidate) => workspace.files.get(candidate) !== undefined) ?? '/';
  if (!isVisible(workspace, user, there) && workspace.unreadable === 403) checkPath(workspace, user, path, LEVEL.view);
  const entry = workspace.files.get(path);
  if (entry === undefined || !isVisible(workspace, user, path)) throw missing(`Path (${path}) doesn't exist.`);
  return entry;
}

/** Whether a user sees that something is at a path: they may read it, or something below it. */
export function isVisible(workspace: Workspace, user: User, path: string): boolean {
  const key = keyOf(path);
  if (OPEN.includes(key) || pathLevel(workspace, user, key) >= LEVEL.view) return true;
  return [...workspace.grants].some(([object, grants]) => {
    const [, kind = '', id = ''] = object.split('/');
    if (!Object.values(KINDS).includes(kind) || levelIn(grants, user) < LEVEL.view) return false;
    return workspace.files.byId(id)?.path.startsWith(`${key}/`) === true;
  });
}

/** What an object at a path has from above: the grants of its folders, of whose home it is in, and of the admins. */
export function inheritedAt(workspace: Workspace, path: string): JsonObject[] {
  const folders = above(path).flatMap((folder) => {
    const entry = workspace.files.get(folder);
    const from = `/directories/${entry?.id ?? ''}`;
    return entry === undefined ? [] : (workspace.grants.get(from) ?? []).map((grant) => asInherited(grant, from));
  });
  return [...folders, ...homeGrants(path), asInherited(toGrant({ group_name: 'admins', permission_level: 'CAN_MANAGE' }), '/directories/')];
}

function grantsAt(workspace: Workspace, path: string): JsonObject[] {
  const entry = workspace.files.get(path);
  const own = entry === undefined ? [] : (workspace.grants.get(`/${KINDS[entry.type]}/${entry.id}`) ?? []);
  return [...own, ...inheritedAt(workspace, path)];
}

function homeGrants(path: string): JsonObject[] {
  const owner = /^\/(?:Users|Repos)\/([^/]+)/.exec(keyOf(path))?.[1];
  return owner === undefined ? [] : [asInherited(toGrant({ user_name: owner, permission_level: 'CAN_MANAGE' }), '/directories/')];
}

/** The folders that a path lies in, the nearest first. */
function above(path: string): string[] {
  const parts = keyOf(path).split('/').filter(Boolean);
  return parts.map((_, depth) => `/${parts.slice(0, parts.length - 1 - depth).join('/')}`);
}

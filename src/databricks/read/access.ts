// Whether a person may change something: what is granted to them, to a group of theirs, or to everybody.
import type { ResourceType } from '../../bundle/model/bundle.ts';
import type { Me } from '../api/me.ts';
import type { Access } from '../api/permissions.ts';
import type { Workspace } from '../workspace.ts';

/** With these a job, pipeline, dashboard or folder may be changed, and files be written into the folder (Databricks: “Access control lists”). */
const MANAGE = ['CAN_MANAGE', 'IS_OWNER'];

/**
 * Admins manage everything; of others whoever may not even read who may do what manages nothing. `managers` are those who may, for words to
 * people who may not.
 */
export async function mayManage(
  workspace: Pick<Workspace, 'listAccess'>,
  me: Pick<Me, 'userName' | 'groups'>,
  { type, id }: { readonly type: ResourceType | 'directories'; readonly id: string },
  signal?: AbortSignal,
): Promise<{ readonly able: boolean; readonly managers: readonly string[] }> {
  if (isAdmin(me)) return { able: true, managers: [] };
  const managing = (await workspace.listAccess(type, id, signal))?.filter(({ levels }) => levels.some((level) => MANAGE.includes(level)));
  const others = (managing ?? []).filter(({ name }) => name !== 'admins');
  const managers = others.map(nameOf);
  return { able: managing?.some((entry) => isOf(entry, me)) === true, managers };
}

/**
 * Whether a person may let jobs run as a service principal, admins too; `able` is undefined where that can't be known: the roles may not be
 * read, or a group has the role of which nobody says whether this person is in it. `managers` may give the role, and need it themselves.
 */
export async function mayRunAs(
  workspace: Pick<Workspace, 'rolesOnPrincipal'>,
  me: Pick<Me, 'userName' | 'groups'>,
  applicationId: string,
  signal?: AbortSignal,
): Promise<{ readonly able: boolean | undefined; readonly manages: boolean; readonly managers: readonly string[] }> {
  const roles = await workspace.rolesOnPrincipal(applicationId, signal);
  if (roles === undefined) return { able: undefined, manages: false, managers: [] };
  const isMe = (holder: (typeof roles.users)[number]) => isOf(holder, me);
  const said = { manages: roles.managers.some(isMe), managers: roles.managers.map(nameOf) };
  if (roles.users.some(isMe)) return { able: true, ...said };
  return { able: roles.users.some(({ principal }) => principal === 'group_name') ? undefined : false, ...said };
}

export function isAdmin({ groups }: Pick<Me, 'groups'>): boolean {
  return groups.includes('admins');
}

function nameOf({ principal, name }: Pick<Access, 'principal' | 'name'>): string {
  return principal === 'group_name' ? `the group ${name}` : name;
}

function isOf({ principal, name }: Pick<Access, 'principal' | 'name'>, me: Pick<Me, 'userName' | 'groups'>): boolean {
  return principal === 'group_name' ? name === 'users' || me.groups.includes(name) : name.toLowerCase() === me.userName.toLowerCase();
}

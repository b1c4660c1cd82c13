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
  const managers = others.map(({ principal, name }) => (principal === 'group_name' ? `the group ${name}` : name));
  return { able: managing?.some((entry) => isOf(entry, me)) === true, managers };
}

export function isAdmin({ groups }: Pick<Me, 'groups'>): boolean {
  return groups.includes('admins');
}

function isOf({ principal, name }: Access, me: Pick<Me, 'userName' | 'groups'>): boolean {
  return principal === 'group_name' ? name === 'users' || me.groups.includes(name) : name.toLowerCase() === me.userName.toLowerCase();
}

// Who may change a pipeline or a dashboard: its creator, admins, and whom it grants that.
import { forbidden, type User } from '../http/answer.ts';
import { type Json, objectsIn } from '../http/json.ts';
import type { Workspace } from '../state/state.ts';

/** Refuses a user without one of the levels on an object such as `/pipelines/ID`. */
export function checkMayChange(
  workspace: Workspace,
  user: User,
  object: { readonly id: string; readonly creator: Json | undefined; readonly levels: readonly string[] },
): void {
  if (user.admin || object.creator === user.userName) return;
  const granted = (workspace.grants.get(object.id) ?? []).some(
    (grant) =>
      (grant.user_name === user.userName || grant.group_name === 'users') &&
      objectsIn(grant.all_permissions).some((permission) => object.levels.includes(String(permission.permission_level))),
  );
  if (!granted) throw forbidden(`User ${user.userName} does not have ${object.levels[0]} permission on ${object.id.slice(1)}.`);
}

// Whom somebody may let a job or a pipeline run as (facts: databricks#who-may-do-what).
import { forbidden, type User } from '../http/answer.ts';
import { isObject, type Json, type JsonObject, textOf } from '../http/json.ts';
import { groupsOf } from '../state/grants.ts';
import type { Workspace } from '../state/state.ts';

/** The name in a `run_as`, whatever it is the name of. */
export function runAsName(runAs: Json | undefined): string | undefined {
  return isObject(runAs) ? textOf(runAs.user_name ?? runAs.service_principal_name ?? runAs.group_name) : undefined;
}

/** Refuses a `run_as` that the user may not set; none is fine. */
export function checkRunAs(workspace: Workspace, user: User, { run_as: runAs }: JsonObject): void {
  if (!isObject(runAs)) return;
  const groups = groupsOf(user);
  const principal = textOf(runAs.service_principal_name);
  if (principal !== undefined) {
    const users = workspace.principalUsers.get(principal) ?? [];
    if (users.some((name) => name === user.userName || groups.includes(name))) return;
    throw forbidden(
      "Cannot bind the service principal provided in 'run_as' field to the job. The user creating or updating the job must have 'servicePrincipal.user' role on the service principal.",
    );
  }
  const group = textOf(runAs.group_name);
  if (group !== undefined ? groups.includes(group) : user.admin || runAs.user_name === user.userName) return;
  throw forbidden(`User ${user.userName} is not allowed to set run_as to ${runAsName(runAs)}.`);
}

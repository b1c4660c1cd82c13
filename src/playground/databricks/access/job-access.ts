// Which jobs a user sees and may change, with the Jobs API's own refusals.
import { forbidden, invalid, type User } from '../http/answer.ts';
import { objectsIn } from '../http/json.ts';
import type { Job, Workspace } from '../state/state.ts';

const MANAGE = ['CAN_MANAGE', 'IS_OWNER'];

/**
 * The job, or the refusal of the real service: 400 INVALID_PARAMETER_VALUE "Job N does not exist." (the Go SDK's error_overrides.go maps it to
 * "not found"; the CLI's own fake answers 404), 403 where the user may not see it.
 */
export function findJob(workspace: Workspace, jobId: string, user: User): Job {
  if (!/^-?\d+$/.test(jobId)) throw invalid(`Invalid job_id: ${jobId.slice(0, 40)}. It must be an int64.`);
  const job = workspace.jobs.get(jobId);
  if (job === undefined) throw invalid(`Job ${jobId} does not exist.`);
  if (!maySee(job, user))
    throw forbidden(`User ${user.userName} does not have View or Admin or Manage Run or Owner permissions on job ${jobId}`);
  return job;
}

/** Everybody sees every job, unless the job says otherwise. */
export function maySee(job: Job, user: User): boolean {
  return job.visibleTo === undefined || user.admin || job.creator === user.userName || job.visibleTo.includes(user.userName);
}

export function checkMayManage(workspace: Workspace, job: Job, user: User): void {
  if (user.admin || job.creator === user.userName) return;
  const granted = (workspace.grants.get(`/jobs/${job.jobId}`) ?? []).some(
    (grant) =>
      (grant.user_name === user.userName || grant.group_name === 'users') &&
      objectsIn(grant.all_permissions).some((permission) => MANAGE.includes(String(permission.permission_level))),
  );
  if (!granted) throw forbidden(`User ${user.userName} does not have Admin or Owner permissions on job ${job.jobId}`);
}

// Which jobs a user sees, runs and changes, with the Jobs API's own refusals.
import { forbidden, invalid, type User } from '../http/answer.ts';
import { LEVEL, type Level } from '../state/grants.ts';
import type { Job, Workspace } from '../state/state.ts';
import { levelOn } from './object-access.ts';

/** Whose permissions a refusal says are needed: the first and the last as the CLI's fake jobs.go has them. */
const NEEDED: Readonly<Record<number, string>> = {
  [LEVEL.view]: 'View or Admin or Manage Run or Owner',
  [LEVEL.run]: 'Admin or Manage Run or Owner',
  [LEVEL.manage]: 'Admin or Owner',
};

/**
 * The job, or the refusal of the real service: 400 INVALID_PARAMETER_VALUE "Job N does not exist." (the Go SDK's error_overrides.go maps it to
 * "not found"; the CLI's own fake answers 404), 403 where the user may not do that much with it.
 */
export function findJob(workspace: Workspace, jobId: string, user: User, level: Level = LEVEL.view): Job {
  if (!/^-?\d+$/.test(jobId)) throw invalid(`Invalid job_id: ${jobId.slice(0, 40)}. It must be an int64.`);
  const job = workspace.jobs.get(jobId);
  if (job === undefined) throw invalid(`Job ${jobId} does not exist.`);
  if (levelOn(workspace, user, 'jobs', jobId) < level)
    throw forbidden(`User ${user.userName} does not have ${NEEDED[level]} permissions on job ${jobId}`);
  return job;
}

// The plan of a target as it is now, unless deploying it would make something twice.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { OpenCli } from '../cli/open-bundle.ts';
import { notBound } from '../policy/refusals.ts';
import { jobsLeftBehind, type ListsJobs } from './leftover-jobs.ts';

export async function planTarget(open: OpenCli, workspace: ListsJobs, bundle: Bundle, target: string) {
  const planned = await open.plan(target);
  return notBound(bundle, target, planned.plan) ?? (await jobsLeftBehind(workspace, planned.plan)) ?? planned;
}

// The plan of a target as it is now, unless deploying it would make something twice.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { JsonObject } from '../../values/json.ts';
import type { OpenCli } from '../cli/open-bundle.ts';
import { notBound, type Refusal } from '../policy/refusals.ts';
import { jobsLeftBehind, type ListsJobs } from './leftover-jobs.ts';

/** As the CLI printed it, to the byte, and parsed. */
interface TargetPlan {
  readonly text: string;
  readonly plan: JsonObject;
}

export async function planTarget(
  open: Pick<OpenCli, 'plan'>,
  workspace: ListsJobs,
  bundle: Pick<Bundle, 'adoption' | 'resources'>,
  target: string,
): Promise<TargetPlan | Refusal> {
  const planned = await open.plan(target);
  return notBound(bundle, target, planned.plan) ?? (await jobsLeftBehind(workspace, planned.plan)) ?? planned;
}

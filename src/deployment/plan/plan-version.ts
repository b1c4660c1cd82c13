// Plans a version into a target and stores the plan as a proposal that a person may approve.
import { randomUUID } from 'node:crypto';
import { sha256 } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import { createProposalRows } from '../../storage/deployment-proposals.ts';
import type { JsonObject } from '../../values/json.ts';
import { type DeploymentProposal, deploymentProposalOf, type PlanSummary } from '../approval/deployment-proposal.ts';
import { LIMITS } from '../approval/limits.ts';
import { notDeployable } from '../policy/refusals.ts';
import { type InspectInput, wordsOf } from './inspect.ts';
import type { ListsJobs } from './leftover-jobs.ts';
import { planTarget } from './plan-target.ts';
import type { PlanningDeps } from './propose-write.ts';
import { summarizePlan } from './summarize-plan.ts';
import { modeNotes, targetDifferences } from './target-differences.ts';
import { validateAs } from './validate-as.ts';

interface PlannerDeps extends PlanningDeps {
  /** The workspace as one person, to look for jobs that a deployment left behind. */
  readonly workspace: (as: { host: string; token: string }) => ListsJobs;
}

interface VersionToPlan extends Omit<InspectInput, 'command' | 'host' | 'userName'> {
  readonly conversationId: string;
  readonly version: number;
  readonly identity: { readonly host: string; readonly userName: string };
  readonly slackUser: string;
}

export type Planner = ReturnType<typeof createPlanner>;

export function createPlanner({ cli, db, clock, log, workspace }: PlannerDeps) {
  const rows = createProposalRows(db);
  return {
    /** Reads only. Answers NoProof (with words) where there can be no plan. The bundle and the conversation must be stored. Rejects when aborted. */
    async planVersion(input: VersionToPlan): Promise<DeploymentProposal | NoProof> {
      const { conversationId, version, bundle, target, identity, slackUser, token, signal } = input;
      const { host, userName } = identity;
      const no = notDeployable(bundle)?.words ?? (await cli.missing());
      if (no !== undefined) return no;
      const made = await cli
        .open({ files: bundle.files, host, token, signal }, async (open) => {
          const { resolved } = await validateAs(open, target, userName);
          const production = target !== 'prod' && bundle.targets.includes('prod') ? (await open.validate('prod')).resolved : undefined;
          const planned = await planTarget(open, workspace({ host, token }), bundle, target);
          if ('why' in planned) return planned.words;
          const summary = summaryOf(planned.plan, target, resolved, production);
          return { plan: planned.text, summary, cliVersion: open.version };
        })
        .catch(wordsOf);
      if ('problem' in made) return made;
      const row = await rows.insert({
        ...made,
        id: randomUUID(),
        conversationId,
        version,
        bundleDigest: bundle.digest,
        target,
        host,
        userName,
        slackUser,
        planDigest: sha256(made.plan),
        expiresAt: new Date(clock.now() + (target === 'dev' ? LIMITS.approvalMs.dev : LIMITS.approvalMs.other)),
      });
      log.info({ proposal: row.id, target, version, digest: bundle.digest }, 'Planned a version');
      return deploymentProposalOf(row);
    },
  };
}

/** The plan as people see it, with what only this target has before what its mode changes. */
function summaryOf(plan: JsonObject, target: string, resolved: JsonObject, production: JsonObject | undefined): PlanSummary {
  const summary = summarizePlan(plan);
  if (target === 'prod') return { ...summary, notes: [] };
  // An edit that takes prod away must not hide what the next one changes in another target.
  if (production === undefined) return { ...summary, notes: [`There is no target prod to compare ${target} with.`], danger: true };
  const { notes, danger } = targetDifferences(resolved, production, target);
  return { ...summary, notes: [...notes, ...modeNotes(resolved, production)], danger: summary.danger || danger };
}

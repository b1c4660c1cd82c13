// Plans a version into a target and stores the plan as a proposal that a person may approve.

import { randomUUID } from 'node:crypto';
import { type Bundle, sha256 } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { Db } from '../../storage/db/db.ts';
import { createProposalRows } from '../../storage/deployment-proposals.ts';
import type { Clock } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import type { JsonObject } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import { type DeploymentProposal, deploymentProposalOf, type PlanSummary } from '../approval/deployment-proposal.ts';
import { LIMITS } from '../approval/limits.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { notDeployable } from '../policy/refusals.ts';
import type { ListsJobs } from './leftover-jobs.ts';
import { planTarget } from './plan-target.ts';
import { sameUser } from './same-user.ts';
import { summarizePlan } from './summarize-plan.ts';
import { modeNotes, targetDifferences } from './target-differences.ts';

export interface Planner {
  /** Reads only. Answers NoProof (with words) where there can be no plan. The bundle and the conversation must be stored. Rejects when aborted. */
  planVersion(input: {
    conversationId: string;
    version: number;
    bundle: Bundle;
    target: string;
    identity: { host: string; userName: string };
    slackUser: string;
    token: string;
    signal?: AbortSignal | undefined;
  }): Promise<DeploymentProposal | NoProof>;
}

export function createPlanner({
  cli,
  db,
  log,
  workspace,
  clock,
}: {
  cli: Cli;
  db: Db;
  log: Logger;
  /** The workspace as one person, to look for jobs that a deployment left behind. */
  workspace: (as: { host: string; token: string }) => ListsJobs;
  clock: Clock;
}): Planner {
  const rows = createProposalRows(db);
  return {
    async planVersion({ conversationId, version, bundle, target, identity, slackUser, token, signal }) {
      const { host, userName } = identity;
      const no = notDeployable(bundle)?.words ?? (await cli.missing());
      if (no !== undefined) return no;
      try {
        const made = await cli.open({ files: bundle.files, host, token, signal }, async (open) => {
          const { resolved } = await open.validate(target);
          sameUser(resolved, userName, target);
          const production = target !== 'prod' && bundle.targets.includes('prod') ? (await open.validate('prod')).resolved : undefined;
          const planned = await planTarget(open, workspace({ host, token }), bundle, target);
          if ('why' in planned) return planned;
          return {
            ...planned,
            mode: production === undefined ? [] : modeNotes(resolved, production),
            changed: production === undefined ? withoutProduction(target) : targetDifferences(resolved, production, target),
            cliVersion: open.version,
          };
        });
        if ('why' in made) return made.words;
        const row = await rows.insert({
          id: randomUUID(),
          conversationId,
          version,
          bundleDigest: bundle.digest,
          target,
          host,
          userName,
          slackUser,
          plan: made.text,
          planDigest: sha256(made.text),
          summary: summaryOf(made),
          cliVersion: made.cliVersion,
          expiresAt: new Date(clock.now() + (target === 'dev' ? LIMITS.approvalMs.dev : LIMITS.approvalMs.other)),
        });
        log.info({ proposal: row.id, target, version, digest: bundle.digest }, 'Planned a version');
        return deploymentProposalOf(row);
      } catch (error) {
        if (error instanceof UserError) return { problem: error.words.problem, next: error.words.next };
        throw error;
      }
    },
  };
}

/** An edit that takes prod away must not hide what the next one changes in another target. */
function withoutProduction(target: string): { notes: string[]; danger: boolean } {
  return target === 'prod' ? { notes: [], danger: false } : { notes: [`There is no target prod to compare ${target} with.`], danger: true };
}

/** The plan as people see it, with what only this target has before what its mode changes. */
function summaryOf(made: { plan: JsonObject; mode: string[]; changed: { notes: string[]; danger: boolean } }): PlanSummary {
  const summary = summarizePlan(made.plan);
  return { ...summary, danger: summary.danger || made.changed.danger, notes: [...made.changed.notes, ...made.mode] };
}

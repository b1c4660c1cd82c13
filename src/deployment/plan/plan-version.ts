// Plans a version into a target and stores the plan as a proposal that a person may approve.
import { randomUUID } from 'node:crypto';
import { type Bundle, sha256 } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { Db } from '../../storage/db/db.ts';
import { createProposalRows } from '../../storage/proposals.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type JsonObject } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import { type PlanSummary, type Proposal, proposalOf } from '../approval/deployment-proposal.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { summarize } from '../cli/plan-json.ts';
import { LIMITS } from '../limits.ts';
import { findOrphans, orphanWords, type WorkspaceOf } from './leftover-jobs.ts';
import { refusal, secretsRefusal, unboundRefusal } from './refusals.ts';
import { modeNotes, overrides } from './target-differences.ts';

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
  }): Promise<Proposal | NoProof>;
}

/** `workspace` lets it look for jobs that a deployment left behind; without it that check is left out. */
export function createPlanner({
  cli,
  db,
  log,
  workspace,
  clock = Date.now,
}: {
  cli: Cli;
  db: Db;
  log: Logger;
  workspace?: WorkspaceOf;
  clock?: () => number;
}): Planner {
  const rows = createProposalRows(db);
  return {
    async planVersion({ conversationId, version, bundle, target, identity, slackUser, token, signal }) {
      const { host, userName } = identity;
      const no = refusal(bundle.files) ?? secretsRefusal(bundle) ?? (await cli.missing());
      if (no !== undefined) return no;
      try {
        const made = await cli.open({ files: bundle.files, host, token, signal }, async (open) => {
          const { resolved } = await open.validate(target);
          sameUser(resolved, userName, target);
          const production = target !== 'prod' && bundle.targets.includes('prod') ? (await open.validate('prod')).resolved : undefined;
          return {
            ...(await open.plan(target)),
            mode: production === undefined ? [] : modeNotes(resolved, production),
            changed: production === undefined ? withoutProduction(target) : overrides(resolved, production, target),
            cliVersion: open.version,
          };
        });
        const unbound = unboundRefusal(bundle, target, made.plan);
        if (unbound !== undefined) return unbound;
        const orphans = workspace === undefined ? [] : await findOrphans(workspace({ host, token }), made.plan);
        if (orphans.length > 0) return orphanWords(orphans);
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
          expiresAt: new Date(clock() + (target === 'dev' ? LIMITS.approvalMs.dev : LIMITS.approvalMs.other)),
        });
        log.info({ proposal: row.id, target, version, digest: bundle.digest }, 'Planned a version');
        return proposalOf(row);
      } catch (error) {
        if (error instanceof UserError) return { problem: error.words.problem, next: error.words.next };
        throw error;
      }
    },
  };
}

/** Without a prod beside it, nothing says what a target changes: an edit that takes prod away must not hide the next one. */
function withoutProduction(target: string): { notes: string[]; danger: boolean } {
  return target === 'prod' ? { notes: [], danger: false } : { notes: [`There is no target prod to compare ${target} with.`], danger: true };
}

/** The plan as people see it; what only this target has comes first. */
function summaryOf(made: { plan: JsonObject; mode: string[]; changed: { notes: string[]; danger: boolean } }): PlanSummary {
  const summary = summarize(made.plan);
  return { ...summary, danger: summary.danger || made.changed.danger, notes: [...made.changed.notes, ...made.mode] };
}

/** Refuses a token that belongs to somebody else than the identity the proposal would name. */
export function sameUser(resolved: JsonObject, userName: string, target: string): void {
  const user =
    isObject(resolved.workspace) && isObject(resolved.workspace.current_user) ? resolved.workspace.current_user.userName : undefined;
  if (typeof user === 'string' && user.toLowerCase() === userName.toLowerCase()) return;
  throw new UserError({
    doing: `Planning target ${target}`,
    problem: `The sign-in does not belong to ${userName}.`,
    next: 'Disconnect, connect again, and ask for a fresh plan.',
  });
}

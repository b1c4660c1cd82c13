// A proposal: one exact write into one target, with its plan, that a person may approve.
import { z } from 'zod';
import type { ProposalRow, ProposalState } from '../../storage/proposals.ts';

const Summary = z.object({
  counts: z.object({ create: z.number(), update: z.number(), delete: z.number(), recreate: z.number(), unchanged: z.number() }),
  lines: z.array(z.string()),
  notes: z.array(z.string()),
  danger: z.boolean(),
});

const Made = z.object({ key: z.string(), id: z.string(), url: z.string(), name: z.string() });

const Result = z.object({
  ok: z.boolean(),
  state: z.enum(['done', 'failed', 'unknown']),
  jobs: z.array(Made),
  /** Pipelines and dashboards; absent where there are none. */
  others: z.array(Made.extend({ kind: z.enum(['pipeline', 'dashboard']) })).optional(),
  problem: z.string().optional(),
  next: z.string().optional(),
  /** The CLI was still at work when it was last seen: it outlives us, and development mode has no lock (facts: cli#locks, cli#crashes-and-signals). */
  mayRun: z.boolean().optional(),
});

/** What a deploy would do: `lines` one action each, `notes` what only this target has and what its mode changes, `danger` when something is lost or overwritten, or who runs what changes. */
export type PlanSummary = z.infer<typeof Summary>;
/** How a deploy ended; `unknown`: it may or may not have changed the workspace, a person has to look. */
export type DeployResult = z.infer<typeof Result>;

export interface Proposal {
  readonly id: string;
  readonly conversationId: string;
  readonly version: number;
  readonly bundleDigest: string;
  readonly target: string;
  readonly host: string;
  readonly userName: string;
  readonly slackUser: string;
  readonly state: ProposalState;
  readonly summary: PlanSummary;
  readonly expiresAt: Date;
  readonly decidedBy?: string;
  readonly decidedAt?: Date;
  readonly result?: DeployResult;
}

/** The row as other rooms see it: without the plan itself. */
export function proposalOf(row: ProposalRow): Proposal {
  const { id, conversationId, version, bundleDigest, target, host, userName, slackUser, state, expiresAt } = row;
  return {
    ...{ id, conversationId, version, bundleDigest, target, host, userName, slackUser, state, expiresAt },
    summary: Summary.parse(row.summary),
    ...(row.decidedBy === undefined ? {} : { decidedBy: row.decidedBy }),
    ...(row.decidedAt === undefined ? {} : { decidedAt: row.decidedAt }),
    ...(row.result === undefined ? {} : { result: Result.parse(row.result) }),
  };
}

export { createWrites, type Proposed, type Proposer, type Writes } from '../plan/propose-write.ts';
export { type AskedWrite, type Write, writeOf } from './write.ts';
export type { WriteProposal, WriteResult } from './write-result.ts';

// A proposal: one exact write into one target, with its plan, that a person may approve.
import { z } from 'zod';
import type { ProposalRow } from '../../storage/deployment-proposals.ts';

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
  /** What the workspace said where the CLI did not end well: nothing is new, some of it, or all. */
  ending: z.enum(['nothing', 'mix', 'all']).optional(),
  /**
   * The CLI was still at work when it was last seen: it outlives us, and development mode has no lock
   * (facts: cli#locks, cli#crashes-and-signals).
   */
  mayRun: z.boolean().optional(),
});

/** What a deploy would do: `lines` one action each, `notes` what only this target has and what its mode changes, `danger` when something is lost or overwritten, or who runs what changes. */
export type PlanSummary = z.infer<typeof Summary>;
/** How a deploy ended; `unknown`: it may or may not have changed the workspace, a person has to look. */
export type DeployResult = z.infer<typeof Result>;

/** A proposal as other rooms see it: its row without the plan itself. */
export interface DeploymentProposal extends Omit<ProposalRow, Hidden | 'summary' | 'result'> {
  readonly summary: PlanSummary;
  readonly result?: DeployResult;
}

type Hidden = 'plan' | 'planDigest' | 'cliVersion' | 'createdAt' | 'decidedAs';

export function deploymentProposalOf(row: ProposalRow): DeploymentProposal {
  const { plan, planDigest, cliVersion, createdAt, decidedAs, summary, result, ...shown } = row;
  return { ...shown, summary: Summary.parse(summary), ...(result === undefined ? {} : { result: Result.parse(result) }) };
}

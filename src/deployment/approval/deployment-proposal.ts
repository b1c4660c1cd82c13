// A proposal: one exact write into one target, with its plan, that a person may approve.
import { z } from 'zod';
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { ProposalRow } from '../../storage/deployment-proposals.ts';
import { Release } from '../policy/release-diff.ts';

const Made = z.object({ key: z.string(), id: z.string(), url: z.string(), name: z.string() });

const Result = z.object({
  ok: z.boolean(),
  state: z.enum(['done', 'failed', 'unknown']),
  jobs: z.array(Made),
  /** Pipelines and dashboards; absent where there are none. */
  others: z.array(Made.extend({ kind: z.enum(['pipeline', 'dashboard']) })).optional(),
  problem: z.string().optional(),
  next: z.string().optional(),
  /** How long it took; absent where it never began. */
  ms: z.number().optional(),
  /** What the workspace said where the CLI did not end well: nothing is new, some of it, or all. */
  ending: z.enum(['nothing', 'mix', 'all']).optional(),
  /**
   * The CLI was still at work when it was last seen: it outlives us, and development mode has no lock
   * (facts: cli#locks, cli#crashes-and-signals).
   */
  mayRun: z.boolean().optional(),
});

/** How a deploy ended; `unknown`: it may or may not have changed the workspace, a person has to look. */
export type DeployResult = z.infer<typeof Result>;

/** A proposal as other rooms see it: its row without the plan itself. */
export interface DeploymentProposal extends Omit<ProposalRow, Hidden | 'release' | 'result'> {
  /** Absent in rows that are older than it; none of those is open. So it is where `outdated` is. */
  readonly release?: Release;
  /** Its release was written by a program that wrote it otherwise: nobody can see what would change, so nobody may approve it. What is said of that. */
  readonly outdated?: NoProof;
  readonly result?: DeployResult;
}

type Hidden = 'plan' | 'planDigest' | 'cliVersion' | 'createdAt' | 'decidedAs';

const OUTDATED: NoProof = {
  problem: 'This plan was made by an earlier version of me, and what it would change can’t be read any more.',
  next: 'Press Plan again for a fresh one.',
};

export function deploymentProposalOf(row: ProposalRow): DeploymentProposal {
  const { plan, planDigest, cliVersion, createdAt, decidedAs, release, result, ...shown } = row;
  return { ...shown, ...releaseIn(release), ...(result === undefined ? {} : { result: Result.parse(result) }) };
}

function releaseIn(text: string | undefined): Pick<DeploymentProposal, 'release' | 'outdated'> {
  if (text === undefined) return {};
  const stored: unknown = JSON.parse(text);
  return isRelease(stored) ? { release: stored } : { outdated: OUTDATED };
}

/** What is stored is handed on as it is: it is compared to the letter just before the deployment. */
function isRelease(value: unknown): value is Release {
  return Release.safeParse(value).success;
}

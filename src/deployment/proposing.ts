// The room's factory for what only reads and proposes: the CLI is found, bundles are proved, writes are stored for people to approve.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProofStore } from '../storage/bundles/proofs.ts';
import { createCli } from './cli/open-bundle.ts';
import { createCliLocator, type LocatorOptions } from './install/locate.ts';
import { createWriteProposals, type PlanningDeps } from './plan/propose-write.ts';
import { createProver } from './plan/prove.ts';

export interface ProposingDeps extends Omit<PlanningDeps, 'cli'> {
  readonly proofs: ProofStore;
  /** Where the CLI may be, and whether it may be prepared where it is nowhere. */
  readonly find: Omit<LocatorOptions, 'clock' | 'log'>;
  /** Of the folder below the system's temporary one that bundles are unpacked in. */
  readonly scratchName: string;
}

/** Nothing in it can carry out a write. Call `locator.start()`, or the CLI is looked for when it is first needed. */
export function createProposing({ db, proofs, find, scratchName, clock, log }: ProposingDeps) {
  const locator = createCliLocator({ ...find, clock, log });
  const cli = createCli({ locator, scratchDir: join(tmpdir(), scratchName), clock, log });
  return { locator, cli, prover: createProver({ cli, store: proofs, log }), writes: createWriteProposals({ db, cli, clock, log }) };
}

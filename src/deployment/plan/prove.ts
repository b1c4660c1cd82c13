// The proof of a bundle: the real CLI resolves its production target, the pure core compares it with the job, and the result is kept.

import { cliWithAge } from '../../bundle/currency/age.ts';
import type { JobDefinition } from '../../bundle/model/bundle.ts';
import { compare } from '../../bundle/proof/compare.ts';
import { holds, type NoProof, type Proof } from '../../bundle/proof/proof.ts';
import { productionTarget } from '../../bundle/yaml/describe-tree.ts';
import type { ProofStore } from '../../storage/bundles/proofs.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { filesAtHome } from '../place/root-of.ts';
import { notAllowed } from '../policy/refusals.ts';
import { type InspectInput, inspect } from './inspect.ts';

/** A step as people see it; a later one of the same id replaces it. */
interface ProverStep {
  readonly id: 'validate' | 'compare';
  readonly title: string;
  readonly status: 'in_progress' | 'complete' | 'error';
  readonly details?: string;
}

interface ProveInput extends Omit<InspectInput, 'command' | 'target'> {
  readonly definition: JobDefinition;
  readonly baseline?: Proof | undefined;
  readonly onStep?: ((step: ProverStep) => void) | undefined;
}

export type Prover = ReturnType<typeof createProver>;

const TITLES = { validate: 'Validating with the Databricks CLI', compare: 'Comparing with the job' } as const;

export function createProver({ cli, store, log }: { cli: Cli; store: ProofStore; log: Logger }) {
  return {
    /** The CLI at hand with its age, in words; or why there is none. */
    async judge(): Promise<string> {
      const no = await cli.missing();
      return no === undefined ? cliWithAge(cli.version() ?? '') : no.problem.replace(/\.$/, '');
    },
    /** What `bundle validate`, `plan` or `summary` says of a target; changes nothing. Answers and rejects as `prove` does. */
    inspect: (input: InspectInput) => inspect(cli, input),
    /** Answers NoProof (with words) where there is no CLI, the bundle is refused, or validation fails. Rejects when aborted. */
    async prove({ bundle, definition, host, userName, token, onWait, baseline, onStep, signal }: ProveInput): Promise<Proof | NoProof> {
      const step = (id: ProverStep['id'], status: ProverStep['status'], details?: string) =>
        onStep?.({ id, title: TITLES[id], status, ...(details === undefined ? {} : { details }) });
      const stop = (words: NoProof): NoProof => {
        step('validate', 'error', words.problem);
        return { problem: words.problem, next: words.next };
      };

      step('validate', 'in_progress');
      const no = notAllowed(bundle.files)?.words ?? (await cli.missing());
      if (no !== undefined) return stop(no);
      try {
        const target = productionTarget(bundle) ?? 'prod';
        const files = filesAtHome(bundle, target, userName);
        const { resolved, warnings, version } = await cli.resolve({ files, target, host, userName, token, onWait, signal });
        const warned = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
        step('validate', 'complete', warnings.length === 0 ? undefined : warned);
        step('compare', 'in_progress');
        const compared = { definition, bundle, resolved, target, judge: `Databricks CLI ${version}`, baseline, warnings };
        const sound = compare(compared);
        // Why a CLI loses something is asked where it does.
        const proof = sound.counts.lost === 0 ? sound : compare({ ...compared, models: await cli.understands() });
        await store.save({ bundleDigest: bundle.digest, host, userName }, proof);
        step('compare', holds(proof) ? 'complete' : 'error');
        log.info({ digest: bundle.digest, counts: proof.counts, warnings: warnings.length }, 'Proved a bundle');
        return proof;
      } catch (error) {
        if (error instanceof UserError) return stop(error.words);
        throw error;
      }
    },
  };
}

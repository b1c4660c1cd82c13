// The proof of a bundle: the real CLI resolves target prod, the pure core compares it with the job, and the result is kept.
import type { Bundle, JobDefinition } from '../../bundle/model/bundle.ts';
import { compare } from '../../bundle/proof/compare.ts';
import { holds, type NoProof, type Proof } from '../../bundle/proof/proof.ts';
import type { ProofStore } from '../../storage/bundles/proofs.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { notAllowed } from '../policy/refusals.ts';
import { type InspectInput, type Inspection, inspect } from './inspect.ts';

/** A step as people see it; a later one of the same id replaces it. */
interface ProverStep {
  readonly id: 'validate' | 'compare';
  readonly title: string;
  readonly status: 'in_progress' | 'complete' | 'error';
  readonly details?: string;
}

export type { Inspection };

export interface Prover {
  /** Answers NoProof (with words) where there is no CLI, the bundle is refused, or validation fails. Rejects when aborted. */
  prove(input: {
    bundle: Bundle;
    definition: JobDefinition;
    host: string;
    userName: string;
    token: string;
    baseline?: Proof | undefined;
    onStep?: ((step: ProverStep) => void) | undefined;
    signal?: AbortSignal | undefined;
  }): Promise<Proof | NoProof>;
  /** What `bundle validate`, `plan` or `summary` says of a target; changes nothing. Answers and rejects as `prove` does. */
  inspect(input: InspectInput): Promise<Inspection | NoProof>;
}

const TITLES = { validate: 'Validating with the Databricks CLI', compare: 'Comparing with the job' } as const;

export function createProver({ cli, store, log }: { cli: Cli; store: ProofStore; log: Logger }): Prover {
  return {
    inspect: (input) => inspect(cli, input),
    async prove({ bundle, definition, host, userName, token, baseline, onStep, signal }) {
      const step = (id: ProverStep['id'], status: ProverStep['status'], details?: string) =>
        onStep?.({ id, title: TITLES[id], status, ...(details === undefined ? {} : { details }) });
      const stop = (words: NoProof): NoProof => {
        step('validate', 'error', words.problem);
        return { problem: words.problem, next: words.next };
      };

      step('validate', 'in_progress');
      const refused = notAllowed(bundle.files)?.words;
      if (refused !== undefined) return stop(refused);
      const missing = await cli.missing();
      if (missing !== undefined) return stop(missing);
      const target = bundle.targets.includes('prod') ? 'prod' : (bundle.targets.at(-1) ?? 'prod');
      try {
        const { resolved, warnings } = await cli.open({ files: bundle.files, host, token, signal }, (open) => open.validate(target));
        step(
          'validate',
          'complete',
          warnings.length === 0 ? undefined : warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`,
        );
        step('compare', 'in_progress');
        const proof = compare({ definition, bundle, resolved, target, baseline, warnings });
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

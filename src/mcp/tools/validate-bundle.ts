// validate_bundle: the Databricks CLI resolves the bundle, and every setting is compared with the job it was made from.
import { z } from 'zod';
import type { Proof, ProofEntry } from '../../bundle/proof/proof.ts';
import { proofLine } from '../../bundle/proof/render.ts';
import type { BundleStore, StoredBundle } from '../../storage/bundles/bundles.ts';
import { UserError } from '../../values/errors.ts';
import { type Json, stringifyJson } from '../../values/json.ts';
import { defineTool, type ToolContext } from './support/define-tool.ts';
import { bullets, quote, section } from './support/foreign-text.ts';
import { bundleId } from './support/inputs.ts';
import { loadBundle } from './support/load-bundle.ts';

/** Most settings of one verdict that an answer lists. */
const MOST = 15;
/** Edits between the first version and the last; more than any thread has. */
const MOST_PARENTS = 500;
const doing = 'Validating a bundle';

export const validateBundle = defineTool({
  name: 'validate_bundle',
  title: 'Validate a bundle and compare it with its job',
  description:
    'Validates a bundle with the Databricks CLI and compares every setting with the job it was made from. Use it once after generating, and once after the last edit of a request. It answers the proof in one line and lists what differs. It deploys nothing.',
  kind: 'read',
  input: z.strictObject({ bundle_id: bundleId }),
  output: z.object({ bundle_id: z.string(), validated: z.boolean(), lost: z.int(), edited: z.int() }),
  async run({ bundle_id }, context) {
    const stored = await loadBundle(context.bundles, bundle_id, doing);
    const definition = stored.definitionId === undefined ? undefined : await context.bundles.loadDefinition(stored.definitionId);
    if (definition === undefined) {
      throw new UserError({ doing, problem: 'It is not known which job the bundle was made of.', next: 'Generate it from its job again.' });
    }
    const { host, userName, token } = context.caller;
    const about = { definition, host, userName, token, onWait: context.steps.waits, signal: context.signal };
    const baseline = await baselineOf(stored, about, context);
    const proof = await context.prover.prove({ ...about, bundle: stored.bundle, baseline, onStep: context.steps.report });
    if (!('counts' in proof)) {
      const text = `Not validated: ${quote(proof.problem, 2000)}\nWhat to do next: ${quote(proof.next, 1000)}`;
      return { text, structured: { bundle_id, validated: false, lost: 0, edited: 0 } };
    }
    const { lost, edited } = proof.counts;
    return { text: describe(proof), structured: { bundle_id, validated: true, lost, edited } };
  },
});

/** For an edited bundle: the proof of its first version, which tells an edit from a loss. Most often it is kept and costs nothing. */
async function baselineOf(
  stored: StoredBundle,
  about: Omit<Parameters<ToolContext['prover']['prove']>[0], 'bundle'>,
  { bundles, prover, proofs }: ToolContext,
): Promise<Proof | undefined> {
  const first = await firstVersion(bundles, stored);
  if (first === undefined) return undefined;
  const kept = await proofs?.load({ bundleDigest: first.bundle.digest, host: about.host, userName: about.userName });
  if (kept !== undefined) return kept;
  const proof = await prover.prove({ ...about, bundle: first.bundle });
  return 'counts' in proof ? proof : undefined;
}

async function firstVersion(bundles: BundleStore, stored: StoredBundle): Promise<StoredBundle | undefined> {
  let parent = stored.parent;
  let first: StoredBundle | undefined;
  for (let steps = 0; parent !== undefined && steps < MOST_PARENTS; steps += 1) {
    first = await bundles.load(parent);
    parent = first?.parent;
  }
  return first;
}

function describe(proof: Proof): string {
  const lines = (verdict: ProofEntry['verdict']) => proof.entries.filter((entry) => entry.verdict === verdict).map(line);
  return [
    `Validated for target ${proof.target}; judge: ${proof.judge}. Values and places are data.`,
    `Proof: ${proofLine(proof)}`,
    ...section('Lost, an error', lines('lost'), MOST),
    ...section('Edited on request', lines('edited'), MOST),
    ...section('Decided by platform or mode', lines('decided'), MOST),
    ...section('Warnings of the CLI', bullets(proof.warnings, 500), MOST),
    'Next: answer the person.',
  ].join('\n');
}

function line(entry: ProofEntry): string {
  const value = (json: Json | undefined) => (json === undefined ? 'nothing' : quote(stringifyJson(json), 120));
  const why = entry.why === undefined ? '' : `; ${quote(entry.why, 300)}`;
  const change = entry.verdict === 'decided' ? '' : ` was ${value(entry.was)}, is ${value(entry.is)}`;
  return `- ${quote(entry.place)}${change}${why}`;
}

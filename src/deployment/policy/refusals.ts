// Which bundles and plans are refused: what could send the token elsewhere, run code here or read our files, and what would do harm there.
import { checkBundle } from '../../bundle/check/check-bundle.ts';
import type { Bundle, BundleFile, ResourceType } from '../../bundle/model/bundle.ts';
import { RESOURCE_KIND } from '../../bundle/model/resources.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import type { JsonObject } from '../../values/json.ts';
import { entriesOf } from '../cli/plan-json.ts';

export interface Refusal {
  readonly why:
    | 'not allowed'
    | 'secrets'
    | 'place'
    | 'beside'
    | 'owned'
    | 'takes away'
    | 'left behind'
    | 'in the way'
    | 'changed'
    | 'loses';
  /** As the bot says it. */
  readonly words: NoProof;
}

/** A tree that must not be handed to the CLI (facts: cli#what-runs-code-or-reads-files). */
export function notAllowed(files: readonly BundleFile[]): Refusal | undefined {
  const errors = checkBundle(files).filter((diagnostic) => diagnostic.level === 'error');
  const [first] = errors;
  if (first === undefined) return undefined;
  return refusal(
    'not allowed',
    `The bundle holds something that is not allowed: ${first.place}: ${first.message}${andMore(errors)}.`,
    'Ask me to take it out, then try again.',
  );
}

/** A bundle that must not be deployed yet, because hard-coded secrets stand in it. */
export function holdsSecrets({ secrets }: Pick<Bundle, 'secrets'>): Refusal | undefined {
  const [first] = secrets;
  if (first === undefined) return undefined;
  return refusal(
    'secrets',
    `A hard-coded secret stands in the bundle: ${first.path}, line ${first.line}: ${first.kind}${andMore(secrets)}.`,
    'Ask me to replace it, for instance “take the password from secret scope etl, key db”; in the zip it is masked.',
  );
}

/** A bundle that must not be deployed, whatever its plan. */
export function notDeployable(bundle: Pick<Bundle, 'files' | 'secrets'>): Refusal | undefined {
  return notAllowed(bundle.files) ?? holdsSecrets(bundle);
}

/**
 * A plan that deletes something or makes it anew. A new bundle only adds and updates, so the place must be that of another bundle of its
 * name; refused where nobody looks at the plan first.
 */
export function takesOthersAway(plan: JsonObject): Refusal | undefined {
  const gone = entriesOf(plan).filter(
    ({ action, node, body }) => (action === 'delete' || action === 'recreate') && !node.endsWith('.permissions') && body.gone !== true,
  );
  if (gone.length === 0) return undefined;
  const named = gone.map(({ action, node }) => `${action} ${node.replace(/^resources\./, '')}`);
  return refusal(
    'takes away',
    `The plan would ${named.join(', ')}: another bundle of this name is there.`,
    'Give the bundle another name, then ask for a fresh plan.',
  );
}

/** A copy that starts by itself, and its original that does: the same work is done twice. */
export interface LivePair {
  readonly type: ResourceType;
  readonly key: string;
  /** Of the original. */
  readonly id: string;
  /** The copy does not start by itself yet. */
  readonly begins: boolean;
}

/** A deployment after which these copies would start by themselves beside their originals. */
export function besideOriginal(pairs: readonly LivePair[]): Refusal | undefined {
  if (pairs.length === 0) return undefined;
  const named = pairs.map(({ type, key, id }) => `${RESOURCE_KIND[type]} \`${key}\` and its original, ${RESOURCE_KIND[type]} ${id}`);
  return refusal(
    'beside',
    `Both would start by themselves and do the same work: ${named.join('; ')}.`,
    'Ask for a version whose copy is paused in this target, or that takes the original over; or pause the original first.',
  );
}

export function refusal(why: Refusal['why'], problem: string, next: string): Refusal {
  return { why, words: { problem, next } };
}

function andMore(all: readonly unknown[]): string {
  return all.length > 1 ? ` (and ${all.length - 1} more)` : '';
}

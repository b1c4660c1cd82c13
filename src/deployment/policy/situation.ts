// What the rules look at: every resource as it is now and as it would be, and where all that happens.
import { type Leaf, leavesOf } from '../../bundle/model/leaves.ts';
import { deployerOf } from '../../bundle/proof/resolved-target.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { entriesOf } from '../cli/plan-json.ts';
import { code, kindOf } from './phrases.ts';
import type { Finding, ReleaseDiff, ResourceChange } from './release-diff.ts';

/** A job that a resource of the bundle was made from, as it is now. */
export interface Original {
  readonly key: string;
  readonly id: string;
  /** It starts by itself. */
  readonly live: boolean;
  readonly runAs?: string | undefined;
}

export interface Situation extends Pick<ReleaseDiff, 'environment' | 'first' | 'target'> {
  /** Whoever deploys. */
  readonly deployer: string | undefined;
  /** The folder of the workspace that the bundle is deployed to. */
  readonly root: string | undefined;
  readonly originals: readonly Original[];
}

export interface Changed extends ResourceChange {
  /** Such as `` job `churn` ``. */
  readonly words: string;
  /** Empty where it does not exist yet. */
  readonly before: JsonObject;
  /** Empty where it is deleted. */
  readonly after: JsonObject;
  /** A copy of an original, made for the first time: what it has is nothing new. */
  readonly copied: boolean;
  /** What would be set that is nowhere in the same setting now. */
  readonly fresh: readonly Leaf[];
}

/** What a person should see of one resource. */
export type Rule = (one: Changed, situation: Situation) => readonly Finding[];

export function situationOf({ environment, first, target }: ReleaseDiff, resolved: JsonObject, originals: readonly Original[]): Situation {
  const root = textOf(objectOf(resolved.workspace).root_path);
  return { environment, first, target, deployer: deployerOf(resolved), root, originals };
}

/** `plan` is the CLI's, of which the diff was made; `copies` are the keys of resources that were made from something existing. */
export function changedOf(diff: ReleaseDiff, plan: JsonObject, copies: ReadonlySet<string>): Changed[] {
  const entries = new Map(entriesOf(plan).map((entry) => [entry.node, entry]));
  return diff.resources.map((change) => {
    const { action, body = {} } = entries.get(`resources.${change.type}.${change.key}`) ?? {};
    const before = objectOf(body.remote_state);
    // Where only its permissions change the plan does not say again what it is.
    const after = action === 'skip' ? before : objectOf(objectOf(body.new_state).value);
    const copied = diff.first && change.action === 'create' && copies.has(change.key);
    const words = `${kindOf(change.type)} ${code(change.key)}`;
    return { ...change, words, before, after, copied, fresh: copied ? [] : freshLeaves(before, after) };
  });
}

/** The position in a list means nothing here: what moves is not new. */
function freshLeaves(before: JsonObject, after: JsonObject): Leaf[] {
  const spelled = ({ fields, value }: Leaf) => `${fields.join('.')}=${String(value)}`;
  const known = new Set([...leavesOf(before).values()].map(spelled));
  return [...leavesOf(after).values()].filter((leaf) => !known.has(spelled(leaf)));
}

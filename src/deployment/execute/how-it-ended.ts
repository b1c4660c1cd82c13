// How a deployment ended that did not end well, read off the workspace: which files and resources are new, and whether its lock is left; also in words.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { ProposalRow } from '../../storage/deployment-proposals.ts';
import { isObject, type JsonObject, objectOf, parseJson } from '../../values/json.ts';
import { counted, textOf } from '../../values/text.ts';
import type { OpenCli } from '../cli/open-bundle.ts';
import { entriesOf, type PlanEntry, remoteOf } from '../cli/plan-json.ts';
import { type Eyes, readFileChanges } from '../deployed/file-changes-there.ts';
import { type FindsLeftovers, leftBehind } from '../plan/leftovers.ts';
import type { Original } from '../plan/originals-to-adopt.ts';
import { code } from '../policy/phrases.ts';
import type { FileChange } from '../policy/release-diff.ts';

/** `nothing`: all is as before. `mix`: some of it is new. `all`: everything is there, whatever the CLI said. */
export interface Ending {
  readonly verdict: 'nothing' | 'mix' | 'all';
  /** Files that had to change, and how many of them did. */
  readonly files: Share;
  readonly resources: Share;
  /** Something was made that no record of the deployment knows. */
  readonly unrecorded: boolean;
  /** Originals that are bound to the deployment and not changed yet. */
  readonly bound: readonly Original[];
  /** Nodes of copies that are there and still paused, until their originals are. */
  readonly waiting: readonly string[];
  /** Whose lock lies there; absent where none does. */
  readonly lock?: string;
}

interface Share {
  readonly done: number;
  readonly of: number;
}

interface Deployment {
  readonly bundle: Pick<Bundle, 'files' | 'resources' | 'adoption'>;
  /** `bundle validate -o json` of the target. */
  readonly resolved: JsonObject;
  /** Of the files, before it began. */
  readonly changes: readonly FileChange[];
  /** The plan that was carried out, as the CLI printed it. */
  readonly carriedOut: Pick<ProposalRow, 'target' | 'plan'>;
  /** Those that were to be taken over. */
  readonly originals: readonly Original[];
}

/**
 * `fresh` is the bundle opened in a fresh folder: what it knows comes from the workspace. Rejects with UserError where the workspace can't be
 * read.
 */
export async function howItEnded(
  fresh: Pick<OpenCli, 'plan'>,
  eyes: Eyes & { readonly workspace: FindsLeftovers },
  { bundle, resolved, changes, carriedOut, originals }: Deployment,
): Promise<Ending> {
  const again = (await fresh.plan(carriedOut.target)).plan;
  const paths = new Set(changes.filter(({ change }) => change !== 'removed').map(({ path }) => path));
  const changing = bundle.files.filter(({ path }) => paths.has(path));
  const left = (await readFileChanges(eyes, { files: changing, resolved })).length;
  const waiting = bundle.adoption[carriedOut.target] === 'replace' ? pausedCopies(again) : [];
  const shares = {
    files: { done: changing.length - left, of: changing.length },
    resources: resourcesDone(objectOf(parseJson(carriedOut.plan)), again, waiting),
  };
  const unrecorded = (await leftBehind(eyes.workspace, { plan: again, resolved, bundle })) !== undefined;
  const bound = originals.filter((original) => isBound(again, original));
  const lock = await lockIn(eyes.workspace, resolved);
  const verdict = unrecorded || bound.length > 0 || waiting.length > 0 ? 'mix' : verdictOf(shares);
  return { verdict, ...shares, unrecorded, bound, waiting, ...(lock === undefined ? {} : { lock }) };
}

function verdictOf(shares: Pick<Ending, 'files' | 'resources'>): Ending['verdict'] {
  const both = Object.values(shares);
  if (both.every(({ done, of }) => done === of)) return 'all';
  return both.every(({ done }) => done === 0) ? 'nothing' : 'mix';
}

/** What the plan would have done, and what a plan made now would not do any more. */
function resourcesDone(plan: JsonObject, again: JsonObject, waiting: readonly string[]): Share {
  const isDone = (node: string, changes: PlanEntry['changes']) =>
    waiting.includes(node) || (changes.length > 0 && changes.every(({ path }) => path === ALWAYS));
  const left = new Map(entriesOf(again).map(({ node, action, changes }) => [node, isDone(node, changes) ? 'skip' : action]));
  const wanted = entriesOf(plan).filter(({ action }) => action !== 'skip');
  const done = wanted.filter(({ node, action }) => (action === 'delete' ? !left.has(node) : left.get(node) === 'skip'));
  return { done: done.length, of: wanted.length };
}

/** Of what nothing is left to be done but to let it start by itself: its node in the plan, such as `resources.jobs.churn`. */
function pausedCopies(plan: JsonObject): string[] {
  return entriesOf(plan).flatMap(({ node, action, changes }) => {
    const paths = changes.map(({ path }) => path).filter((path) => path !== ALWAYS);
    const isPause = (path: string) => (node.startsWith('resources.pipelines.') ? path === 'continuous' : PAUSE.test(path));
    return action === 'update' && paths.length > 0 && paths.every(isPause) ? [node] : [];
  });
}

const PAUSE = /^(schedule|trigger|continuous|triggers\[\d+\])\.pause_status$/;
/** The CLI shows it as a difference each time (facts: databricks#clusters-pipelines-and-dashboards). */
const ALWAYS = 'allow_duplicate_names';

/** The state names it, and its settings are still to be changed (facts: cli#bind-unbind-and-destroy). */
function isBound(plan: JsonObject, { type, key, id }: Original): boolean {
  const entry = entriesOf(plan).find(({ node }) => node === `resources.${type}.${key}`);
  return entry !== undefined && entry.action !== 'skip' && remoteOf(entry.body).id === id;
}

/** Who holds the lock of the deployment (facts: cli#locks); undefined where nobody does. */
async function lockIn(workspace: Eyes['workspace'], resolved: JsonObject): Promise<string | undefined> {
  const { state_path: statePath } = objectOf(resolved.workspace);
  if (typeof statePath !== 'string') throw new Error('The target was resolved without a folder for its state.');
  const bytes = await workspace.exportBytes(`${statePath}/deploy.lock`, 'AUTO');
  if (bytes === undefined) return undefined;
  try {
    const lock = parseJson(new TextDecoder().decode(bytes));
    return (isObject(lock) ? textOf(lock.User) : undefined) ?? 'somebody';
  } catch (error) {
    if (error instanceof SyntaxError) return 'somebody';
    throw error;
  }
}

/** How it ended in a few short sentences for people, without what to do next. */
export function endingWords(ending: Ending, target: string): string {
  const lock = ending.lock === undefined ? [] : [`The lock of ${ending.lock} is still there.`];
  return [verdictWords(ending, target), ...lock].join(' ');
}

function verdictWords({ verdict, files, resources, unrecorded, bound, waiting }: Ending, target: string): string {
  if (verdict === 'nothing') return `Nothing changed in ${target}.`;
  if (verdict === 'all') return `All the same, everything is in ${target} as it was shown.`;
  const copies = waiting.map((node) => code(node.split('.')[2] ?? '')).join(', ');
  if (waiting.length > 0 && bound.length === 0 && !unrecorded && files.done === files.of && resources.done === resources.of)
    return `Everything is in ${target}, and what takes the place of an original is still paused: ${copies}.`;
  const parts = [...share(files, 'file', 'new'), ...share(resources, 'resource', 'changed')];
  const made = unrecorded ? ' Something was made that the record of the deployment does not know.' : '';
  const taken = bound.map(({ key, id }) => `${code(key)} (${id})`).join(', ');
  const isAll = files.done === 0 && resources.done === 0 && !unrecorded;
  if (bound.length > 0 && isAll)
    return `Nothing of it is in ${target} yet, but the original is bound to it already: ${taken} runs on as before.`;
  const kept = bound.length > 0 ? ` The original is bound to it and keeps its settings so far: ${taken}.` : '';
  return `${target} now has a mix: ${parts.join(', ')}.${kept}${made}`;
}

/** What to do after a deployment of which everything is there. */
export function nextAfterAll({ lock }: Pick<Ending, 'lock'>): string {
  if (lock === undefined) return 'Nothing needs to be done.';
  return 'The next deployment is refused as long as that lock is there: when nobody deploys, delete `deploy.lock` in the state folder of this one.';
}

/** What to do after a deployment that ended halfway. */
export function nextAfterMix({ bound }: Pick<Ending, 'bound'>, target: string): string {
  const [first] = bound;
  if (first === undefined) return 'Ask for a fresh plan to finish it, or put the previous version back.';
  return `Ask for a fresh plan to finish it. To let the original go its own way, unbind it: databricks bundle deployment unbind ${first.key} -t ${target}.`;
}

function share({ done, of }: Ending['files'], what: string, became: string): string[] {
  if (of === 0) return [];
  if (done === 0) return [`no ${what} is ${became}`];
  if (done === of) return [of === 1 ? `the only ${what} is ${became}` : `all ${counted(of, what)} are ${became}`];
  return [`${done} of ${counted(of, what)} ${done === 1 ? 'is' : 'are'} ${became}`];
}

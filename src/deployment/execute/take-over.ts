// Takes originals over at the click: binds them, looks whether a plan then does exactly what was shown, and gives them back where it doesn't.
import type { Bundle } from '../../bundle/model/bundle.ts';
import { leavesOf } from '../../bundle/model/leaves.ts';
import { SERVER_ONLY } from '../../bundle/model/server-only-fields.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type Json, type JsonObject, objectOf, parseJson } from '../../values/json.ts';
import type { DeployResult } from '../approval/deployment-proposal.ts';
import type { OpenCli } from '../cli/open-bundle.ts';
import { entriesOf, type PlanEntry, remoteOf, sortedJson } from '../cli/plan-json.ts';
import { maskRelease } from '../plan/mask-release.ts';
import { asAdopted, type Original, unboundOriginals } from '../plan/originals-to-adopt.ts';
import { diffOfPlan } from '../policy/diff-of-plan.ts';
import { code, listed, settingWords } from '../policy/phrases.ts';
import { type Refusal, refusal } from '../policy/refusals.ts';
import type { ResourceChange } from '../policy/release-diff.ts';
import { nextAfterMix } from './how-it-ended.ts';

interface Approved {
  readonly bundle: Bundle;
  readonly target: string;
  readonly rootPath: string;
  readonly resolved: JsonObject;
  /** The plan as the CLI printed it before anything was bound. */
  readonly plan: string;
  /** What a card has shown of the resources; absent where nobody looked at one. */
  readonly shown?: readonly ResourceChange[] | undefined;
}

const AGAIN = 'Ask for a fresh plan: it shows what taking it over would change now.';

/**
 * The text of the plan that may be deployed now; that of `approved` where nothing is to be taken over. A refusal leaves nothing bound; where
 * something could not be given back, that is how the deployment ended.
 */
export async function takeOver(
  open: OpenCli,
  workspace: Workspace,
  approved: Approved,
  onProgress: (line: string) => void,
): Promise<{ readonly plan: string } | Refusal | DeployResult> {
  const { bundle, target, shown } = approved;
  const before = objectOf(parseJson(approved.plan));
  const originals = unboundOriginals(bundle, target, before);
  if (originals.length === 0) return { plan: approved.plan };
  const adopted = await asAdopted(workspace, before, { ...approved, originals });
  if ('why' in adopted) return adopted;
  if (shown !== undefined && !(await isAsShown(adopted.plan, originals, { shown, bundle })))
    return refusal('changed', `${named(originals)} has changed since this plan was made.`, AGAIN);

  const bound: Original[] = [];
  /** A bind that failed may be there all the same: unbinding what is not bound does nothing. */
  const giveBack = async (why: Refusal['why'], problem: string, next: string): Promise<Refusal | DeployResult> => {
    const failed: Original[] = [];
    for (const original of bound) if ((await open.unbind(target, original.key)).result.code !== 0) failed.push(original);
    if (failed.length === 0) return refusal(why, `${problem} It runs on as before.`, next);
    const left = `${problem} Still bound to this deployment, otherwise as before: ${named(failed)}.`;
    return { ok: false, state: 'failed', ending: 'mix', jobs: [], problem: left, next: nextAfterMix({ bound: failed }, target) };
  };
  for (const original of originals) {
    onProgress(`Binding ${original.type}.${original.key} to ${original.id}`);
    bound.push(original);
    const run = await open.bind(target, original.key, original.id);
    if (run.result.code === 0) continue;
    const { problem, next } = run.failure(`Binding ${original.key} to ${original.id}`);
    return giveBack('owned', problem, next);
  }
  onProgress('Checking that taking over changes exactly what was shown');
  try {
    const after = await open.plan(target);
    // Read the same way twice: what the API or the CLI fills in is no difference.
    const live = await asAdopted(workspace, before, { ...approved, originals });
    if ('why' in live) return await giveBack(live.why, live.words.problem, live.words.next);
    const other = otherThanShown(adopted.plan, after.plan, originals) ?? editedSince(adopted.plan, live.plan, originals);
    if (other === undefined) return { plan: after.text };
    return await giveBack('changed', `Bound, the plan would do something else than was shown: ${other}.`, AGAIN);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return await giveBack('changed', `Whether taking over changes what was shown can’t be told: ${error.words.problem}`, AGAIN);
  }
}

/** Whether what would change of the originals is still what people have seen. */
async function isAsShown(
  plan: JsonObject,
  originals: readonly Original[],
  { shown, bundle }: { shown: readonly ResourceChange[]; bundle: Bundle },
): Promise<boolean> {
  const diff = diffOfPlan(plan, { target: '', environment: 'production' });
  const { resources } = await maskRelease({ ...diff, findings: [], title: '' }, bundle);
  return originals.every(({ type, key }) => {
    const own = (all: readonly ResourceChange[]) => all.find((one) => one.type === type && one.key === key)?.settings;
    return JSON.stringify(own(resources)) === JSON.stringify(own(shown));
  });
}

/** Where the plan with the originals bound would do something else: a node and what of it; undefined where it does exactly the same. */
function otherThanShown(before: JsonObject, after: JsonObject, originals: readonly Original[]): string | undefined {
  const ids = new Map(originals.map(({ type, key, id }) => [`resources.${type}.${key}`, id]));
  const [was, is] = [before, after].map((plan) => new Map(entriesOf(plan).map((entry) => [entry.node, entry])));
  for (const node of new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])) {
    const [one, other] = [was?.get(node), is?.get(node)];
    const what = node.replace(/^resources\./, '');
    if (one === undefined || other === undefined) return what;
    const owner = node.split('.').slice(0, 3).join('.');
    const id = ids.get(owner);
    if (id !== undefined && !['update', 'skip', 'resize', 'update_id', ...(node === owner ? [] : ['create'])].includes(other.action))
      return `${other.action} ${what}`;
    if (id === undefined && one.action !== other.action) return `${other.action} ${what}`;
    if (id !== undefined && node === owner && remoteOf(other.body).id !== id) return `${what} is another one`;
    // A plan does not say again what it leaves as it is.
    if (other.action === 'skip' && one.changes.length === 0) continue;
    if (stateOf(one, one) !== stateOf(other, one)) return `other settings of ${what}`;
  }
  return undefined;
}

/** What an entry would write, without what is known only when others exist or are bound. */
function stateOf({ body }: PlanEntry, { body: first }: PlanEntry): string {
  const unknown = Object.keys(objectOf(objectOf(first.new_state).vars));
  return sortedJson(unknown.reduce(without, objectOf(objectOf(body.new_state).value)));
}

function without(value: Json, path: string): Json {
  const [head, ...rest] = path.match(/[^.[\]]+/g) ?? [];
  if (head === undefined) return null;
  if (Array.isArray(value)) return value.map((item: Json, i) => (String(i) === head ? without(item, rest.join('.')) : item));
  return isObject(value) && head in value ? { ...value, [head]: without(value[head] ?? null, rest.join('.')) } : value;
}

/** Which settings and grants of what runs now have changed between two looks at the originals; undefined where none has. */
function editedSince(before: JsonObject, now: JsonObject, originals: readonly Original[]): string | undefined {
  for (const { type, key } of originals) {
    const [was, is] = [before, now].map((plan) => liveIn(plan, `resources.${type}.${key}`));
    const places = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
    const changed = [...places].filter((place) => was?.get(place) !== is?.get(place));
    if (changed.length > 0) return `${code(key)} was edited meanwhile (${listed(changed.map(settingWords))})`;
  }
  return undefined;
}

/** What runs now, by the place of each setting: as it was read, and what of it differs from the bundle. */
function liveIn(plan: JsonObject, node: string): Map<string, string> {
  const entries = entriesOf(plan);
  const own = entries.find((entry) => entry.node === node);
  const grants = entries.find((entry) => entry.node === `${node}.permissions`);
  const leaves = [...leavesOf(objectOf(own?.body.remote_state)).values()].filter(({ fields }) => !SERVER_ONLY.has(fields[0] ?? ''));
  return new Map([
    ...(own?.changes ?? []).map(({ path, change }) => [path, sortedJson(change.remote ?? null)] as const),
    ...(grants?.changes ?? []).map(
      ({ path, change }) => [`permissions${path.replaceAll("'", '')}`, sortedJson(change.remote ?? null)] as const,
    ),
    ...leaves.map(({ place, value }) => [place, sortedJson(value)] as const),
  ]);
}

function named(originals: readonly Original[]): string {
  return originals.map(({ key, id }) => `\`${key}\` (${id})`).join(', ');
}

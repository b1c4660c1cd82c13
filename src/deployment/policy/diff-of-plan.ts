// A release diff out of the CLI's plan: each resource with its settings before and after, as they run now and as they would.
import { leavesOf } from '../../bundle/model/leaves.ts';
import { isObject, type Json, type JsonObject, objectOf, objectsIn, stringifyJson } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { entriesOf, type PlanEntry, remoteOf, sortedJson } from '../cli/plan-json.ts';
import type { ReleaseDiff, ResourceChange, SettingChange } from './release-diff.ts';
import { valueText } from './value-text.ts';

type Where = Pick<ReleaseDiff, 'target' | 'environment'>;

export function diffOfPlan(plan: JsonObject, { target, environment }: Where): ReleaseDiff {
  const entries = entriesOf(plan);
  const own = entries.filter(({ node }) => node.split('.').length === 3);
  const resources = own.map((entry) => {
    const parts = entries.filter(({ node }) => node.startsWith(`${entry.node}.`));
    return resourceChange(entry, parts);
  });
  return { target, environment, first: textOf(plan.lineage) === undefined, resources, files: [] };
}

const ACTIONS: Readonly<Record<string, ResourceChange['action']>> = { skip: 'unchanged', create: 'create', recreate: 'recreate' };

function resourceChange(entry: PlanEntry, parts: readonly PlanEntry[]): ResourceChange {
  const { node, body, action } = entry;
  const [, type = '', key = ''] = node.split('.');
  const { id, name: remoteName } = remoteOf(body);
  const value = objectOf(objectOf(body.new_state).value);
  const name = textOf(value.name) ?? textOf(value.display_name) ?? remoteName;
  const about = { type, key, ...(name === undefined ? {} : { name }), ...(id === undefined ? {} : { id }) };
  // What hangs on a resource goes with it.
  if (action === 'delete') return { ...about, action: body.gone === true ? 'forget' : 'delete', settings: [] };
  const settings = [...(action === 'create' ? madeSettings(value) : changedSettings(entry)), ...parts.flatMap(partSettings)];
  const said = ACTIONS[action] ?? 'update';
  if (said === 'unchanged' || said === 'update') return { ...about, action: settings.length === 0 ? 'unchanged' : 'update', settings };
  return { ...about, action: said, settings };
}

/** Of what is made: who runs it, and whether it starts by itself. */
const OF_WHAT_IS_MADE = /^run_as\.|^(schedule|trigger|continuous)\.pause_status$/;

function madeSettings(value: JsonObject): SettingChange[] {
  const leaves = [...leavesOf(value).values()].filter(({ place }) => OF_WHAT_IS_MADE.test(place));
  return leaves.map(({ place, value: is }) => ({ path: place, is: valueText(place, is), byHand: false }));
}

/** A flag of requests that no workspace answers with: the CLI takes it for a change each time (facts: cli#plan-json). */
const NOISE = /^allow_duplicate_names$/;

function changedSettings({ changes }: Pick<PlanEntry, 'changes'>): SettingChange[] {
  return changes.flatMap(({ path, change }) => (NOISE.test(path) ? [] : settingsOf(shortPath(path), change)));
}

/** Permissions and other things that the CLI plans by themselves, as settings of their resource. */
function partSettings({ node, action, body, changes }: PlanEntry): SettingChange[] {
  const part = node.split('.')[3] ?? '';
  if (action === 'skip') return [];
  if (action === 'delete') {
    const { __embed__: was } = objectOf(body.remote_state);
    return [{ path: part, was: was === undefined ? 'managed' : valueText(part, was), byHand: false }];
  }
  if (action === 'create') {
    // Whoever makes something owns it.
    const grants = objectsIn(objectOf(objectOf(body.new_state).value).__embed__).filter(({ level }) => level !== 'IS_OWNER');
    return grants.flatMap((grant) => settingsOf(grantPath(part, grant), { new: grant }));
  }
  return changes.flatMap(({ path, change }) => settingsOf(`${part}${path.replaceAll("'", '')}`, change));
}

function grantPath(part: string, { level: _, ...principal }: JsonObject): string {
  const [[kind, name] = ['', '']] = Object.entries(principal);
  return `${part}[${kind}=${String(name)}]`;
}

/** A larger part of a resource stays in one piece. */
const MOST_LEAVES = 4;

/** One change of the CLI's as settings: `remote` is what runs now, `old` what was deployed last, `new` what would be. */
function settingsOf(path: string, change: JsonObject): SettingChange[] {
  const byHand = isByHand(change);
  const was = 'remote' in change || same(change.old, change.new) ? change.remote : change.old;
  const sides = [was, change.new].map((side) => partsOf(path, side));
  const places = new Set(sides.flatMap((side) => [...side.keys()]));
  if (places.size > MOST_LEAVES) return [settingOf(path, was, change.new, byHand)].flat();
  return [...places].flatMap((place) => settingOf(place, sides[0]?.get(place), sides[1]?.get(place), byHand));
}

function settingOf(path: string, was: Json | undefined, is: Json | undefined, byHand: boolean): SettingChange[] {
  // A grant names its principal in its path.
  if (same(was, is) || /^permissions\[(\w+)=.*\]\.\1$/.test(path)) return [];
  const text = (value: Json | undefined) => (value === undefined || value === null ? undefined : valueText(path, value));
  let [before, after] = [text(was), text(is)];
  // `5` and `"5"` must not look the same.
  if (before === after) [before, after] = [stringifyJson(was ?? null), stringifyJson(is ?? null)];
  return [{ path, ...(before === undefined ? {} : { was: before }), ...(after === undefined ? {} : { is: after }), byHand }];
}

function partsOf(path: string, value: Json | undefined): Map<string, Json> {
  if (value === undefined || value === null) return new Map();
  if (!isObject(value)) return new Map([[path, value]]);
  const leaves = [...leavesOf(value).values()];
  return new Map(leaves.map(({ place, value: leaf }) => [`${path}${place.startsWith('[') ? '' : '.'}${place}`, leaf]));
}

/** Whether a deployment would overwrite what somebody changed in the workspace, or what is only there; the empty values that an API fills in are neither. */
function isByHand({ old, new: is, remote }: JsonObject): boolean {
  if (isEmpty(old) && isEmpty(remote)) return false;
  return !same(old, remote) && !same(is, remote);
}

function isEmpty(value: Json | undefined): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  return sortedJson(one ?? null) === sortedJson(other ?? null);
}

/** `tasks[task_key='load'].max_retries` as `tasks[load].max_retries`. */
function shortPath(path: string): string {
  return path.replace(/\[\w+='([^']*)'\]/g, '[$1]');
}

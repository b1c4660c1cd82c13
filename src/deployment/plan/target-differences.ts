// In what a target differs from production: what its mode changes, and what else it has of its own.
import { type Leaf, leavesOf } from '../../bundle/model/leaves.ts';
import { developmentChange } from '../../bundle/proof/development-mode.ts';
import { deployerOf, filesRoot } from '../../bundle/proof/resolved-target.ts';
import { isObject, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import { isCriticalSetting } from '../policy/danger.ts';

/** What a target's mode changes, a line each for the plan's card: name prefix, paused triggers, parallel runs, tags. What holds for many jobs is said once. */
export function modeNotes(resolved: JsonObject, production: JsonObject): string[] {
  const notes = new Set<string>();
  const there = jobsOf(production);
  for (const [key, job] of jobsOf(resolved)) {
    const other = there.get(key);
    if (other === undefined) continue;
    const prefix = prefixOf(job.name, other.name);
    if (prefix !== undefined) notes.add(`Names begin with “${prefix.trim()}”.`);
    for (const trigger of ['schedule', 'trigger', 'continuous'])
      if (isPaused(job[trigger]) && isObject(other[trigger]) && !isPaused(other[trigger])) notes.add(`The ${trigger} of ${key} is paused.`);
    const runs = job.max_concurrent_runs ?? 1;
    const inProduction = other.max_concurrent_runs ?? 1;
    if (runs !== inProduction) notes.add(`Up to ${String(runs)} runs of ${key} at the same time (production: ${String(inProduction)}).`);
    const tags = objectOf(other.tags);
    for (const [name, value] of Object.entries(objectOf(job.tags)))
      if (tags[name] !== value) notes.add(`Jobs are tagged ${name}: ${String(value)}.`);
  }
  return [...notes];
}

/** Differences that a card names; more are counted. */
const SHOWN_DIFFERENCES = 8;
/** Settings that the CLI writes: they say where the bundle itself lies. */
const OF_THE_CLI = /^(deployment|edit_mode|id|url|modified_status)\b/;

/**
 * What a target changes beside its mode: the proof speaks of prod alone, and nobody would see what an override puts into another target.
 * Files are compared by their path in the bundle, since every target keeps them in a folder of its own.
 */
export function targetDifferences(resolved: JsonObject, production: JsonObject, target: string): { notes: string[]; danger: boolean } {
  const there = jobsOf(production);
  const found: { note: string; danger: boolean }[] = [];
  const user = deployerOf(resolved);
  for (const [key, job] of jobsOf(resolved)) {
    const other = there.get(key);
    if (other === undefined) {
      found.push({ note: `Only ${target} has job ${key}.`, danger: true });
      continue;
    }
    const [now, was] = [leavesOf(job), leavesOf(other)];
    for (const place of new Set([...now.keys(), ...was.keys()])) {
      const [is, before] = [now.get(place), was.get(place)];
      if (OF_THE_CLI.test(place) || withoutRoot(is, resolved) === withoutRoot(before, production)) continue;
      const own = place.startsWith('run_as.') && (is === undefined || is.value === user);
      if (own || (!place.startsWith('run_as.') && developmentChange(before, is, resolved) !== undefined)) continue;
      const note = `${key}: ${place} is ${is === undefined ? 'not set' : JSON.stringify(String(is.value)).slice(0, 120)} in ${target} only.`;
      found.push({ note, danger: isCriticalSetting(place) });
    }
  }
  found.sort((a, b) => Number(b.danger) - Number(a.danger));
  const more = found.length > SHOWN_DIFFERENCES ? [`… and ${found.length - SHOWN_DIFFERENCES} more differences from prod.`] : [];
  return { notes: [...found.slice(0, SHOWN_DIFFERENCES).map(({ note }) => note), ...more], danger: found.some(({ danger }) => danger) };
}

/** A value without the folder of its target. */
function withoutRoot(leaf: Leaf | undefined, resolved: JsonObject): Leaf['value'] | undefined {
  const root = filesRoot(resolved);
  return typeof leaf?.value === 'string' && root !== undefined ? leaf.value.replaceAll(root, '') : leaf?.value;
}

function jobsOf(resolved: JsonObject): Map<string, JsonObject> {
  const jobs = Object.entries(objectOf(objectOf(resolved.resources).jobs));
  return new Map(jobs.flatMap(([key, job]) => (isObject(job) ? [[key, job] as const] : [])));
}

function prefixOf(name: Json | undefined, base: Json | undefined): string | undefined {
  if (typeof name !== 'string' || typeof base !== 'string' || name === base || !name.endsWith(base)) return undefined;
  return name.slice(0, name.length - base.length);
}

function isPaused(trigger: Json | undefined): boolean {
  return isObject(trigger) && trigger.pause_status === 'PAUSED';
}

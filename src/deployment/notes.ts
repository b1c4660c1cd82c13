// What a target's mode changes, read from its resolved configuration beside production's.
import { isObject, type Json, type JsonObject } from '../bundle/json.ts';

/** Notes for the plan card: name prefix, paused triggers, parallel runs, tags; one line per thing, however many jobs it holds for. */
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
    const tags = isObject(other.tags) ? other.tags : {};
    for (const [name, value] of Object.entries(isObject(job.tags) ? job.tags : {}))
      if (tags[name] !== value) notes.add(`Jobs are tagged ${name}: ${String(value)}.`);
  }
  return [...notes];
}

function jobsOf(resolved: JsonObject): Map<string, JsonObject> {
  const resources = isObject(resolved.resources) ? resolved.resources : {};
  const jobs = isObject(resources.jobs) ? Object.entries(resources.jobs) : [];
  return new Map(jobs.flatMap(([key, job]) => (isObject(job) ? [[key, job] as const] : [])));
}

function prefixOf(name: Json | undefined, base: Json | undefined): string | undefined {
  if (typeof name !== 'string' || typeof base !== 'string' || name === base || !name.endsWith(base)) return undefined;
  return name.slice(0, name.length - base.length);
}

function isPaused(trigger: Json | undefined): boolean {
  return isObject(trigger) && trigger.pause_status === 'PAUSED';
}

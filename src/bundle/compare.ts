// The proof: every setting of the definition beside the configuration that the CLI resolved from the bundle.
import type { Bundle, JobDefinition } from './bundle.ts';
import { droppedByPool, inPeoplesMap, isAssumed, settingsOnly } from './defaults.ts';
import { sourceReferences } from './definition.ts';
import { developmentChange } from './development.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { resourceKey } from './names.ts';
import { type Leaf, leavesOf } from './places.ts';
import type { Proof, ProofEntry, Verdict } from './proof.ts';
import { createSourceCheck } from './source-check.ts';
import { writtenJob } from './tree.ts';

export { compareDeployed } from './compare-deployed.ts';
export { proofLine, renderProof } from './render-proof.ts';

export interface CompareInput {
  readonly definition: JobDefinition;
  readonly bundle: Bundle;
  /** `bundle validate -o json` of the target. */
  readonly resolved: JsonObject;
  readonly target: string;
  /** The proof of the thread's first version: differences that it did not have were asked for. */
  readonly baseline?: Proof | undefined;
  readonly warnings?: readonly string[] | undefined;
}

/** Equal as the API sees it: numbers by value; in people's maps the API keeps text, whatever was written. */
export function sameValue(was: Leaf, is: Leaf): boolean {
  if (was.value === is.value) return true;
  const numeric = (value: Json) => typeof value === 'number' || typeof value === 'bigint';
  if (numeric(was.value) && numeric(is.value)) return String(was.value) === String(is.value);
  return inPeoplesMap(was) && typeof is.value === 'string' && String(was.value) === is.value;
}

function jobKey(definition: JobDefinition, bundle: Bundle): string {
  const name = typeof definition.settings.name === 'string' ? definition.settings.name : undefined;
  const wanted = resourceKey(name, definition.jobId);
  return bundle.resources.find(({ key }) => key === wanted)?.key ?? bundle.resources[0]?.key ?? wanted;
}

function resolvedJob(resolved: JsonObject, key: string): JsonObject {
  const jobs = isObject(resolved.resources) ? resolved.resources.jobs : undefined;
  const job = isObject(jobs) ? jobs[key] : undefined;
  return isObject(job) ? settingsOnly(job) : {};
}

/** Compares a definition with what a target of its bundle resolves to, value by value. */
export function compare(input: CompareInput): Proof {
  const { definition, bundle, resolved, target } = input;
  const key = jobKey(definition, bundle);
  const original = settingsOnly(definition.settings);
  const now = resolvedJob(resolved, key);
  const [was, is] = [leavesOf(original), leavesOf(now)];
  const written = writtenJob(bundle.files, key, target);
  const text = new Map([...leavesOf(written.base), ...leavesOf(written.override)]);
  const byReference = (place: string) => {
    const raw = text.get(place)?.value;
    return typeof raw === 'string' && raw.includes('${');
  };
  const references = new Map(sourceReferences(definition).map(({ place, kind }) => [place, kind]));
  const sources = createSourceCheck(bundle, resolved);
  const before = new Map((input.baseline?.entries ?? []).map((entry) => [entry.place, entry]));
  const differs = (entry: Omit<ProofEntry, 'verdict'>): ProofEntry => {
    const known = before.get(entry.place);
    const old = input.baseline === undefined || (known?.verdict === 'different' && known.is === entry.is);
    return { ...entry, verdict: old ? 'different' : 'edited' };
  };

  const entries = [...was.values()].map((leaf): ProofEntry => {
    const { place, value } = leaf;
    const found = is.get(place);
    const change = developmentChange(leaf, found, resolved);
    if (found === undefined) {
      const why = droppedByPool(leaf, was) ?? change;
      if (why !== undefined) return { place, verdict: 'dropped', was: value, why };
      if (isAssumed(leaf, original)) return { place, verdict: 'identical', was: value, why: 'the platform assumes this value' };
      return differs({ place, was: value, why: 'missing in the bundle' });
    }
    if (sameValue(leaf, found)) return { place, verdict: byReference(place) ? 'variable' : 'identical', was: value, is: found.value };
    if (change !== undefined) return { place, verdict: 'dropped', was: value, is: found.value, why: change };
    const kind = references.get(place);
    if (kind !== undefined) {
      const wrong = sources.problem(String(value), String(found.value), kind);
      if (wrong === undefined) return { place, verdict: 'source', was: value, is: found.value };
      return differs({ place, was: value, is: found.value, why: wrong });
    }
    return differs({ place, was: value, is: found.value });
  });
  for (const leaf of is.values()) {
    if (was.has(leaf.place) || isAssumed(leaf, now) || developmentChange(undefined, leaf, resolved) !== undefined) continue;
    if (leaf.place.startsWith('run_as.') && leaf.value === definition.runAs) continue;
    entries.push(differs({ place: leaf.place, is: leaf.value, why: 'the job does not have this' }));
  }
  return { target, entries, counts: count(entries), warnings: input.warnings ?? [] };
}

function count(entries: readonly ProofEntry[]): Record<Verdict, number> {
  const counts: Record<Verdict, number> = { identical: 0, variable: 0, source: 0, dropped: 0, edited: 0, different: 0 };
  for (const { verdict } of entries) counts[verdict]++;
  return counts;
}

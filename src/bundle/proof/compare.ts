// The proof: every setting of the job, and of what comes along with it, beside the configuration that the CLI resolved from the bundle.
import type { Json, JsonObject } from '../../values/json.ts';
import { createClassify, firstUnknown } from '../currency/classify.ts';
import type { Models } from '../currency/models.ts';
import type { BroughtFrom, Bundle, JobDefinition } from '../model/bundle.ts';
import { type Leaf, leavesOf } from '../model/leaves.ts';
import { type KeyedResource, keyedResources } from '../model/resources.ts';
import { pathsOf } from '../model/source-references.ts';
import { createMask } from '../secrets/mask-secrets.ts';
import { writtenResource } from '../yaml/describe-tree.ts';
import { compareGrants } from './compare-grants.ts';
import { compareSources } from './compare-sources.ts';
import { isDefault, isUserDefined, settingsOnly, whyDroppedByPool, whyLeftOut } from './defaults.ts';
import { developmentChange } from './development-mode.ts';
import { pausedBeside } from './paused-beside.ts';
import { countsOf, type Finding, type Proof, type ProofEntry } from './proof.ts';
import { deployerOf, isDevelopment, resolvedResource } from './resolved-target.ts';
import { createSourceCheck } from './source-check.ts';

interface CompareInput {
  readonly definition: JobDefinition;
  readonly bundle: Bundle;
  /** `bundle validate -o json` of the target. */
  readonly resolved: JsonObject;
  readonly target: string;
  /** Who resolved it, in words. */
  readonly judge: string;
  /** The proof of the thread's first version: differences that it did not have were asked for. */
  readonly baseline?: Proof | undefined;
  readonly warnings?: readonly string[] | undefined;
  /** No source was read, and stubs stand for them. */
  readonly madeUp?: true | undefined;
  /** What the judge's CLI understands: why it lost a setting. */
  readonly models?: Models | undefined;
}

/** Equal as the API sees it: numbers by value; in people's maps the API keeps text, whatever was written. */
function sameValue(was: Leaf, is: Leaf): boolean {
  if (was.value === is.value) return true;
  const numeric = (value: Json) => typeof value === 'number' || typeof value === 'bigint';
  if (numeric(was.value) && numeric(is.value)) return String(was.value) === String(is.value);
  return isUserDefined(was) && typeof is.value === 'string' && String(was.value) === is.value;
}

/** Compares a definition with what a target of its bundle resolves to, value by value and file by file. No value of a secret is in the answer. */
export function compare(input: CompareInput): Proof {
  const { definition, bundle, target, judge, baseline } = input;
  const { mask } = createMask(bundle);
  const before = new Map((baseline?.entries ?? []).map((entry) => [entry.place, entry]));
  const planned = keyedResources(definition);
  const keyOf = (one: KeyedResource) => bundle.resources.find(({ type, id }) => type === one.type && id === one.id)?.key ?? one.key;
  const keys = new Map(planned.map((one) => [`${one.type}.${keyOf(one)}`, one.id]));
  const entries = planned.flatMap((one, i) => {
    const key = keyOf(one);
    const prefix = i === 0 ? '' : `${one.type}.${key}: `;
    const brought = i === 0 && definition.broughtFrom !== undefined ? broughtEntries(definition.broughtFrom) : [];
    return [...findings(one, key, input, keys), ...brought].map((found): ProofEntry => {
      const entry = { ...found, place: `${prefix}${found.place}`, ...masked('was', found.was, mask), ...masked('is', found.is, mask) };
      if (entry.verdict !== 'lost' || baseline === undefined) return entry;
      const known = before.get(entry.place);
      // Lost by the CLI before, and written by nobody now: whoever took it out of the tree knew.
      const isTakenOut = known?.standing !== undefined && entry.standing === undefined && entry.is === undefined;
      return known?.verdict === 'lost' && known.is === entry.is && !isTakenOut ? entry : { ...entry, verdict: 'edited' };
    });
  });
  const unread = planned.flatMap((one) => (one.id === '' || one.grants !== undefined ? [] : [`${one.type}.${keyOf(one)}`]));
  return {
    target,
    judge,
    ...(definition.folder === undefined ? {} : { folder: definition.folder }),
    entries,
    ...(unread.length === 0 ? {} : { unreadGrants: unread }),
    counts: countsOf(entries),
    sources: { ...compareSources(bundle, baseline !== undefined), ...(input.madeUp ? { madeUp: true } : {}) },
    secrets: bundle.secrets.map(({ path, line, kind }) => ({ place: `${path}:${line}`, kind })),
    warnings: (input.warnings ?? []).map(mask),
  };
}

function masked(name: 'was' | 'is', value: Json | undefined, mask: (text: string) => string): { was?: Json; is?: Json } {
  if (value === undefined) return {};
  return { [name]: typeof value === 'string' ? mask(value) : value };
}

/** Each setting of a git_source whose files were brought into the bundle: they stand for it. */
function broughtEntries({ gitSource }: BroughtFrom): Finding[] {
  const why = 'the files are in the bundle now';
  return [...leavesOf({ git_source: gitSource }).values()].map(({ place, value }) => ({ place, verdict: 'source', was: value, why }));
}

/** Everything that is to be said of one resource. */
function findings(
  one: KeyedResource,
  key: string,
  { bundle, resolved, target, models }: CompareInput,
  keys: ReadonlyMap<string, string>,
): Finding[] {
  const original = settingsOnly(one.value);
  const resource = resolvedResource(resolved, one.type, key) ?? {};
  const now = settingsOnly(resource);
  const [was, is] = [leavesOf(original), leavesOf(now)];
  const written = writtenResource(bundle.files, one.type, key, target);
  const text = new Map([...leavesOf(written.base), ...leavesOf(written.override)]);
  const raw = (place: string): string => {
    const value = text.get(place)?.value;
    return typeof value === 'string' && value.includes('${') ? value : '';
  };
  const paths = new Map(pathsOf(one, one.leaves).map((path) => [path.leaf.place, path]));
  const sources = createSourceCheck(bundle, resolved);
  const classify = models === undefined ? undefined : createClassify(models);
  const standing = (leaf: Leaf) => classify?.(one.type, leaf);

  const compared = [...was.values()].map((leaf): Finding => {
    const { place, value } = leaf;
    const found = is.get(place);
    const change = developmentChange(leaf, found, resolved) ?? pausedBeside(leaf, found, bundle.adoption[target]) ?? whyLeftOut(one, leaf);
    if (found === undefined) {
      const why = whyDroppedByPool(leaf, was) ?? change;
      if (why !== undefined) return { place, verdict: 'decided', was: value, why };
      // What the tree does not write is no matter of the CLI.
      const { kind = 'expressible', why: unknown } = (text.has(place) && standing(leaf)) || {};
      // Of a trigger that is lost nothing is assumed.
      const way = classify === undefined || kind === 'expressible' ? undefined : firstUnknown(classify, one.type, leaf)?.way;
      const isWithin = way !== undefined && way.length < leaf.fields.length;
      if (!isWithin && isDefault(leaf, original)) return { place, verdict: 'decided', was: value, why: 'the platform assumes this value' };
      if (kind === 'expressible') return { place, verdict: 'lost', was: value, why: 'missing in the bundle' };
      return { place, verdict: 'lost', was: value, why: unknown, standing: kind };
    }
    if (sameValue(leaf, found)) {
      const why = standing(leaf)?.why;
      const about = { place, was: value, is: found.value, ...(why === undefined ? {} : { why }) };
      return { ...about, verdict: raw(place) === '' ? 'identical' : 'variable' };
    }
    if (change !== undefined) return { place, verdict: 'decided', was: value, is: found.value, why: change };
    if (isDevelopment(resolved) && raw(place) !== '' && byDefaults(raw(place), bundle) === String(value))
      return { place, verdict: 'decided', was: value, is: found.value, why: 'this target gives a variable another value' };
    // The id of a resource of this bundle: known only when it is deployed.
    const link = /^\$\{resources\.(\w+\.[\w-]+)\.id\}$/.exec(String(found.value))?.[1];
    if (link !== undefined && keys.get(link) === String(value)) return { place, verdict: 'variable', was: value, is: found.value };
    const path = paths.get(place);
    if (path !== undefined) {
      const at = String(value).indexOf(path.path);
      const [head, tail] = [String(value).slice(0, at), String(value).slice(at + path.path.length)];
      const text = String(found.value);
      const around = text.startsWith(head) && text.endsWith(tail);
      const wrong = around
        ? sources.problem(path.path, text.slice(head.length, text.length - tail.length), path.kind)
        : 'is written otherwise';
      if (wrong === undefined) return { place, verdict: 'source', was: value, is: found.value };
      return { place, verdict: 'lost', was: value, is: found.value, why: wrong };
    }
    return { place, verdict: 'lost', was: value, is: found.value };
  });
  const invented = [...is.values()].flatMap((leaf): Finding[] => {
    if (was.has(leaf.place) || developmentChange(undefined, leaf, resolved) !== undefined) return [];
    const added = { place: leaf.place, is: leaf.value, why: 'the platform assumes this value' };
    // What neither the job nor the bundle says the CLI writes by itself.
    if (isDefault(leaf, now)) return text.has(leaf.place) ? [{ ...added, verdict: 'added' }] : [];
    if (leaf.place.startsWith('run_as.') && leaf.value === one.runAs) return [];
    const why = pausedBeside(undefined, leaf, bundle.adoption[target]) ?? whyLeftOut(one, leaf);
    if (why !== undefined) return [{ place: leaf.place, verdict: 'decided', is: leaf.value, why }];
    return [{ place: leaf.place, verdict: 'lost', is: leaf.value, why: 'the job does not have this' }];
  });
  return [...compared, ...invented, ...compareGrants(one.grants, resource, isDevelopment(resolved), deployerOf(resolved))];
}

/** What a text with references to variables is where no target gives them another value. */
function byDefaults(text: string, { variables }: Bundle): string {
  return text.replace(/\$\{var\.([\w-]+)\}/g, (reference, name) => variables.find((one) => one.name === name)?.value ?? reference);
}

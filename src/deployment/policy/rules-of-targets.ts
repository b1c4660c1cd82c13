// The rule on targets: what one has of its own beside production, where neither its mode nor our own design is the reason.
import { type Leaf, leavesOf } from '../../bundle/model/leaves.ts';
import { developmentChange } from '../../bundle/proof/development-mode.ts';
import { deployerOf, filesRoot, isDevelopment } from '../../bundle/proof/resolved-target.ts';
import { isObject, type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { isCriticalSetting } from './danger.ts';
import { code, counted, kindOf, listed, settingWords } from './phrases.ts';
import type { Finding } from './release-diff.ts';
import { valueText } from './value-text.ts';

/** Settings that the CLI writes: they say where the bundle itself lies. */
const OF_THE_CLI = /^(deployment|edit_mode|id|url|modified_status|parent_path)\b/;
/** What a task is called stands in the place of all its settings. */
const LABEL = /^tasks\[[^\]]*\]\.task_key$/;

/**
 * What a target changes beside its mode: nobody would see what an override puts into it, since the proof speaks of production alone. Both are
 * resolved configurations. Files are compared by their path in the bundle, since every target keeps them in a folder of its own.
 */
export function ownOfTarget(resolved: JsonObject, production: JsonObject, target: string): Finding[] {
  const other: string[] = [];
  const findings = resourcesOf(resolved).flatMap(({ type, key, value }): Finding[] => {
    const words = `${kindOf(type)} ${code(key)}`;
    const there = objectOf(objectOf(production.resources)[type])[key];
    if (!isObject(there)) return [{ rule: 'own of target', weight: 'danger', text: `Only ${code(target)} has ${words}.` }];
    const own = differences(value, there, { resolved, production });
    const critical = own.filter(({ place }) => isCriticalSetting(place));
    other.push(...own.filter((one) => !critical.includes(one)).map(({ place }) => `${settingWords(place)} of ${words}`));
    if (critical.length === 0) return [];
    const what = critical.map(
      ({ place, is }) => `${settingWords(place)} is ${is === undefined ? 'not set' : code(valueText(place, is.value))}`,
    );
    return [{ rule: 'own of target', weight: 'danger', text: `Unlike production, in ${words}: ${listed(what)}.` }];
  });
  if (other.length === 0) return findings;
  const text = `${counted(other.length, 'other setting is', 'other settings are')} not as in production: ${listed(other)}.`;
  return [...findings, { rule: 'own of target', weight: 'note', text: findings.length > 0 ? text : text.replace(' other', '') }];
}

interface Both {
  readonly resolved: JsonObject;
  readonly production: JsonObject;
}

function differences(value: JsonObject, there: JsonObject, { resolved, production }: Both): { place: string; is: Leaf | undefined }[] {
  const [now, was] = [leavesOf(value), leavesOf(there)];
  return [...new Set([...now.keys(), ...was.keys()])].flatMap((place) => {
    const [is, before] = [now.get(place), was.get(place)];
    if (OF_THE_CLI.test(place) || LABEL.test(place) || withoutRoot(is, resolved) === withoutRoot(before, production)) return [];
    return byDesign(place, is, resolved) ||
      (!place.startsWith('run_as.') && developmentChange(before, is, resolved, production) !== undefined)
      ? []
      : [{ place, is }];
  });
}

/** A person's own copy gives no grants, runs as that person, is a pipeline in development, and needs no leave to share a name. */
function byDesign(place: string, is: Leaf | undefined, resolved: JsonObject): boolean {
  if (place.startsWith('run_as.')) return is === undefined ? isDevelopment(resolved) : is.value === deployerOf(resolved);
  if (!isDevelopment(resolved)) return false;
  return is === undefined
    ? /^(permissions\[|allow_duplicate_names$|lifecycle\b)/.test(place)
    : place === 'development' && is.value === true;
}

/** A value without the folder of its target. */
function withoutRoot(leaf: Leaf | undefined, resolved: JsonObject): Leaf['value'] | undefined {
  const roots = [filesRoot(resolved), textOf(objectOf(resolved.workspace).root_path)];
  if (typeof leaf?.value !== 'string') return leaf?.value;
  return roots.reduce<string>((value, root) => (root === undefined ? value : value.replaceAll(root, '')), leaf.value);
}

function resourcesOf({ resources }: JsonObject): { type: string; key: string; value: JsonObject }[] {
  return Object.entries(objectOf(resources)).flatMap(([type, group]) =>
    Object.entries(objectOf(group)).flatMap(([key, value]) => (isObject(value) ? [{ type, key, value }] : [])),
  );
}

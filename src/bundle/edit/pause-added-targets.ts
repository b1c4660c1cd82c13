// Production targets that an edit adds: what was made from an original stands paused there, since that original runs on.
import { isObject, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import type { Bundle } from '../model/bundle.ts';
import { rewritten } from '../secrets/put-back.ts';
import { changeYaml, type YamlChange } from '../yaml/change-yaml.ts';
import { configurationOf, environmentOf, writtenResource } from '../yaml/describe-tree.ts';
import { editBundle } from './edit.ts';

/** `edited` is what an edit made of `before`. A target that only got another name keeps its way with the original. */
export function pauseAddedTargets(before: Bundle, edited: Bundle): Bundle {
  const productionOf = (one: Bundle, other: Bundle) =>
    one.targets.filter((target) => !other.targets.includes(target) && environmentOf(one, target) === 'production');
  const added = productionOf(edited, before).filter((target) => edited.adoption[target] === undefined);
  const gone = productionOf(before, edited);
  const [target, way] = [added[0], before.adoption[gone[0] ?? '']];
  if (added.length === 1 && gone.length === 1 && target !== undefined && way !== undefined) {
    const renamed = (before.added ?? []).map((one) => (one === gone[0] ? target : one));
    return { ...edited, adoption: { ...edited.adoption, [target]: way }, ...(edited.added === undefined ? {} : { added: renamed }) };
  }
  const originals = edited.resources.some(({ type, id }) => type !== 'dashboards' && id !== undefined && id !== '');
  return originals ? added.reduce(pause, edited) : edited;
}

function pause(bundle: Bundle, target: string): Bundle {
  const parts = configurationOf(bundle.files);
  const part = parts.find(({ value }) => target in objectOf(value.targets));
  if (part === undefined) return bundle;
  const triggers = bundle.resources.flatMap(({ type, key }) => {
    const { base, override } = writtenResource(bundle.files, type, key, target);
    return running(base, override).map(({ at, value, said }) => ({ at: ['resources', type, key, ...at], value, said }));
  });
  const wanted = [
    // For jobs that are added later, too. It leaves alone what says of itself that it runs.
    ...(triggers.length === 0 ? [] : [{ at: ['presets', 'trigger_pause_status'], value: 'PAUSED' }]),
    ...triggers.flatMap(({ at, value, said }) => (said ? [{ at, value }] : [])),
  ].map(({ at, value }) => ({ at: ['targets', target, ...at], value }));
  const change = rewritten(bundle, part.path, (text) => changeYaml(text, [...emptied(part.value, wanted), ...wanted]));
  const paused = editBundle(bundle, [change]);
  return { ...paused, adoption: { ...paused.adoption, [target]: 'beside' }, added: [...(paused.added ?? []), target] };
}

/** What would start by itself, and what pauses it; not `said` where a preset of the target does (facts: bundles#targets-and-modes). */
function running(base: JsonObject, override: JsonObject): (YamlChange & { readonly said: boolean })[] {
  if ((override.continuous ?? base.continuous) === true) return [{ at: ['continuous'], value: false, said: true }];
  return ['schedule', 'trigger', 'continuous'].flatMap((name) => {
    const trigger = { ...objectOf(base[name]), ...objectOf(override[name]) };
    const isThere = isObject(base[name]) || isObject(override[name]);
    if (!isThere || trigger.pause_status === 'PAUSED') return [];
    return [{ at: [name, 'pause_status'], value: 'PAUSED', said: trigger.pause_status !== undefined }];
  });
}

/** What stands empty on the way of changes, such as `staging:` alone, as a mapping. */
function emptied(value: JsonObject, changes: readonly YamlChange[]): YamlChange[] {
  const ways = changes.flatMap(({ at }) => at.slice(0, -1).map((_key, depth) => at.slice(0, depth + 1)));
  const empty = ways.filter((at) => {
    const there = at.reduce((found: Json | undefined, key) => objectOf(found)[key], value);
    return there !== undefined && !isObject(there);
  });
  return [...new Map(empty.map((at) => [JSON.stringify(at), { at, value: {} }])).values()];
}

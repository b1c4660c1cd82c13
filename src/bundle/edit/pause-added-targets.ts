// Production targets that an edit adds: what was made from an original stands paused there, since that original runs on.
import { isObject, itemsIn, type Json, type JsonObject, objectOf, stringifyJson } from '../../values/json.ts';
import type { Bundle, BundleResource } from '../model/bundle.ts';
import { rewritten } from '../secrets/put-back.ts';
import { changeYaml, type YamlChange } from '../yaml/change-yaml.ts';
import { configurationOf, environmentOf, writtenResource } from '../yaml/describe-tree.ts';
import { editBundle } from './edit.ts';
import { pauseLists } from './pause-lists.ts';

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
  return originals ? added.reduce(standBeside, edited) : edited;
}

function standBeside(bundle: Bundle, target: string): Bundle {
  const parts = configurationOf(bundle.files);
  const part = parts.find(({ value }) => target in objectOf(value.targets));
  if (part === undefined) return bundle;
  const changes = (of: (one: Written) => YamlChange[]) =>
    bundle.resources.flatMap((one) =>
      of({ ...one, ...writtenResource(bundle.files, one.type, one.key, target) }).map(({ at, value }) => ({
        at: ['targets', target, 'resources', one.type, one.key, ...at],
        value,
      })),
    );
  const pauses = changes(pausing);
  const lists = pauseLists(bundle, target, part.path);
  const wanted = [
    // For jobs that are added later, too.
    ...(pauses.length + lists.size === 0 ? [] : [{ at: ['targets', target, 'presets', 'trigger_pause_status'], value: 'PAUSED' }]),
    ...pauses,
    ...changes((one) => ofTheOriginal(bundle, one)),
    ...changes(sameName),
    ...(lists.get(part.path) ?? []),
  ];
  lists.set(part.path, [...emptied(part.value, wanted), ...wanted]);
  const written = [...lists].map(([path, some]) => rewritten(bundle, path, (text) => changeYaml(text, some)));
  const beside = editBundle(bundle, written);
  return { ...beside, adoption: { ...beside.adoption, [target]: 'beside' }, added: [...(beside.added ?? []), target] };
}

type Written = BundleResource & ReturnType<typeof writtenResource>;

/** What a target that was written after one which takes the original over has of it: its owner, its folder, that it is never destroyed. */
function ofTheOriginal(bundle: Bundle, { type, key, override }: Written): YamlChange[] {
  const models = bundle.targets.filter((one) => bundle.adoption[one] === 'bind');
  const originals = models.map((model) => writtenResource(bundle.files, type, key, model).override);
  const isCopied = (name: string) => {
    const value = override[name];
    return value !== undefined && originals.some((one) => stringifyJson(one[name] ?? null) === stringifyJson(value));
  };
  const grants = itemsIn(override.permissions).filter((one) => objectOf(one).level !== 'IS_OWNER');
  return [
    ...['lifecycle', 'parent_path'].filter(isCopied).map((name) => ({ at: [name], value: undefined })),
    ...(isCopied('permissions') ? [{ at: ['permissions'], value: grants.length === 0 ? undefined : grants }] : []),
  ];
}

/** The API refuses a second pipeline of the same name unless it is told. */
function sameName({ type, base, override }: Written): YamlChange[] {
  const isSaid = (override.allow_duplicate_names ?? base.allow_duplicate_names) !== undefined;
  return type !== 'pipelines' || isSaid ? [] : [{ at: ['allow_duplicate_names'], value: true }];
}

/** What pauses a resource that would start by itself: in production a trigger that does not say so runs (facts: bundles#targets-and-modes). */
function pausing({ base, override }: Written): YamlChange[] {
  if ((override.continuous ?? base.continuous) === true) return [{ at: ['continuous'], value: false }];
  const running = ['schedule', 'trigger', 'continuous'].filter((name) => {
    const isThere = isObject(base[name]) || isObject(override[name]);
    return isThere && { ...objectOf(base[name]), ...objectOf(override[name]) }.pause_status !== 'PAUSED';
  });
  return running.map((name) => ({ at: [name, 'pause_status'], value: 'PAUSED' }));
}

/** What stands empty on the way of changes, such as `staging:` alone, as a mapping. */
function emptied(value: JsonObject, changes: readonly YamlChange[]): YamlChange[] {
  const ways = changes.flatMap(({ at }) => at.slice(0, -1).map((_key, depth) => at.slice(0, depth + 1)));
  const empty = ways.filter((at) => {
    const there = at.reduce((found: Json | undefined, key) => objectOf(found)[key], value);
    return there !== undefined && !isObject(there) && !Array.isArray(there);
  });
  return [...new Map(empty.map((at) => [JSON.stringify(at), { at, value: {} }])).values()];
}

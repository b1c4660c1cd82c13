// Targets that an edit adds: in production what was made from an original stands paused, since that original runs on; a development copy has
// its own data and starts nothing.
import { isObject, itemsIn, type Json, type JsonObject, objectOf, stringifyJson } from '../../values/json.ts';
import { isCatalog, isCopys, isOfData, isPersonal, schemaOf } from '../data/names.ts';
import type { Bundle, BundleResource, Environment } from '../model/bundle.ts';
import { rewritten } from '../secrets/put-back.ts';
import { changeYaml, type YamlChange } from '../yaml/change-yaml.ts';
import { configurationOf, environmentOf, writtenResource } from '../yaml/describe-tree.ts';
import { editBundle } from './edit.ts';
import { pauseLists } from './pause-lists.ts';

/** `edited` is what an edit made of `before`. A target that only got another name keeps its way with the original. */
export function keepAddedTargetsApart(before: Bundle, edited: Bundle): Bundle {
  const copies = edited.targets.filter((one) => !before.targets.includes(one) && environmentOf(edited, one) === 'development');
  const own = { values: copies.length === 0 ? new Map<string, string>() : ownValues([edited, before]), models: [edited, before] };
  return pauseProduction(
    before,
    copies.reduce((bundle, target) => keepApart(bundle, target, own), edited),
  );
}

function pauseProduction(before: Bundle, edited: Bundle): Bundle {
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
  const beside = changeTarget(bundle, target, (changes, lists) => {
    const pauses = changes((one) => pausing(one, 'production'));
    return [
      // For jobs that are added later, too.
      ...(pauses.length + lists === 0 ? [] : [{ at: ['presets', 'trigger_pause_status'], value: 'PAUSED' }]),
      ...pauses,
      ...changes((one) => ofTheOriginal(bundle, one)),
      ...changes(sameName),
    ];
  });
  if (beside === undefined) return bundle;
  return { ...beside, adoption: { ...beside.adoption, [target]: 'beside' }, added: [...(beside.added ?? []), target] };
}

interface Own {
  /** By variable. */
  readonly values: ReadonlyMap<string, string>;
  /** Bundles in whose development targets other copies are. */
  readonly models: readonly Bundle[];
}

/** By variable: where development targets say that data is, and what else is another thing for each person. */
function ownValues(bundles: readonly Bundle[]): Map<string, string> {
  const targets = bundles.flatMap((bundle) =>
    configurationOf(bundle.files).flatMap(({ value }) =>
      Object.entries(objectOf(value.targets)).filter(([target]) => environmentOf(bundle, target) === 'development'),
    ),
  );
  const values = targets.flatMap(([, target]) => Object.entries(objectOf(objectOf(target).variables)));
  const own = values.flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && (isPersonal(value) || isOfData(name)) ? [[name, value]] : [],
  );
  return new Map(own.reverse());
}

/** A copy writes to a schema of its own beside those of its person's other copies, in their catalog, unless the target says where. */
function keepApart(bundle: Bundle, target: string, { values: own, models }: Own): Bundle {
  const parts = configurationOf(bundle.files).map(({ value }) => objectOf(objectOf(objectOf(value.targets)[target]).variables));
  const isOpen = (name: string) => bundle.variables.some((one) => one.name === name) && parts.every((said) => said[name] === undefined);
  const isOwn = (name: string, value: string) => !isCatalog(name) && isCopys({ name, value });
  const values = [...own]
    .filter(([name]) => isOpen(name))
    .map(([name, value]) => ({ at: ['variables', name], value: isOwn(name, value) ? schemaOf(target, value) : value }));
  const kept = changeTarget(bundle, target, (changes) => [
    ...values,
    ...changes((one) => [...pausing(one, 'development'), ...datasetsOf(models, one)]),
  ]);
  return kept ?? bundle;
}

/** Where a dashboard reads in the copies that are there: what they write. The values of its variables are each target's own. */
function datasetsOf(models: readonly Bundle[], { type, key, base, override }: Written): YamlChange[] {
  const says = (one: JsonObject) => Object.entries(one).filter(([name]) => name === 'dataset_catalog' || name === 'dataset_schema');
  if (type !== 'dashboards' || says(base).length + says(override).length > 0) return [];
  const copies = models.flatMap((bundle) =>
    bundle.targets
      .filter((target) => environmentOf(bundle, target) === 'development')
      .map((target) => says(writtenResource(bundle.files, type, key, target).override)),
  );
  return (copies.find((said) => said.length > 0) ?? []).map(([name, value]) => ({ at: [name], value }));
}

type ForResources = (of: (one: Written) => YamlChange[]) => YamlChange[];

/**
 * A bundle in which triggers in lists are paused in a target and that target is changed otherwise too; undefined where there is no such target.
 * `wanted` is told how many files hold such lists; its places are those below the target.
 */
function changeTarget(bundle: Bundle, target: string, wanted: (changes: ForResources, lists: number) => YamlChange[]): Bundle | undefined {
  const part = configurationOf(bundle.files).find(({ value }) => target in objectOf(value.targets));
  if (part === undefined) return undefined;
  const changes: ForResources = (of) =>
    bundle.resources.flatMap((one) =>
      of({ ...one, ...writtenResource(bundle.files, one.type, one.key, target) }).map(({ at, value }) => ({
        at: ['resources', one.type, one.key, ...at],
        value,
      })),
    );
  const lists = pauseLists(bundle, target, part.path);
  const own = wanted(changes, lists.size).map(({ at, value }) => ({ at: ['targets', target, ...at], value }));
  const all = [...own, ...(lists.get(part.path) ?? [])];
  lists.set(part.path, [...emptied(part.value, all), ...all]);
  const written = [...lists].filter(([, some]) => some.length > 0);
  if (written.length === 0) return bundle;
  return editBundle(
    bundle,
    written.map(([path, some]) => rewritten(bundle, path, (text) => changeYaml(text, some))),
  );
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

/**
 * What pauses a resource that would start by itself: in production a trigger that does not say so runs, in development one that says it does
 * (facts: bundles#targets-and-modes).
 */
function pausing({ base, override }: Written, environment: Environment): YamlChange[] {
  if ((override.continuous ?? base.continuous) === true) return [{ at: ['continuous'], value: false }];
  const running = ['schedule', 'trigger', 'continuous'].filter((name) => {
    const isThere = isObject(base[name]) || isObject(override[name]);
    const { pause_status: said } = { ...objectOf(base[name]), ...objectOf(override[name]) };
    return isThere && (environment === 'production' ? said !== 'PAUSED' : said !== undefined && said !== 'PAUSED');
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

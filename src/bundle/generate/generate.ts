// Makes a bundle out of a definition and its sources: databricks.yml, resources, sources, a README; the same input gives the same bytes.
import { UserError } from '../../values/errors.ts';
import type { JsonObject } from '../../values/json.ts';
import { canonicalPath, parentFolder, sourceKey } from '../../values/workspace-path.ts';
import type { DevData } from '../data/names.ts';
import { callsWords } from '../data/task-sources.ts';
import type {
  Adoption,
  Bundle,
  BundleFile,
  DashboardReads,
  Diagnostic,
  JobDefinition,
  Source,
  SourceReference,
  SourceTables,
  StatementTables,
} from '../model/bundle.ts';
import { digestFiles, sha256 } from '../model/bundle.ts';
import { RESOURCE_FILES } from '../model/paths.ts';
import { type KeyedResource, keyedResources, leftOutside, RESOURCE_KIND } from '../model/resources.ts';
import { clashKey, freeName, TARGET_NAME } from '../model/safe-names.ts';
import { pathsOf } from '../model/source-references.ts';
import { quoted } from '../model/text.ts';
import { renderYaml } from '../yaml/render.ts';
import { broughtWarning, describeBroughtFrom } from './bring-git.ts';
import { inexpressible } from './inexpressible.ts';
import { chooseLookups } from './lookups.ts';
import { datasetPlaces, giveOwnData } from './own-data.ts';
import { renderReadme } from './readme.ts';
import { replacePaths, resourceValue } from './resource-value.ts';
import { type Layout, layoutSources } from './source-layout.ts';
import { ownExperiments, pauseTriggers, renderTargets, type TargetWish, targetComments } from './targets.ts';
import { chooseVariables, type Variable, writtenValues } from './variables.ts';
import { devAdopts, warningsAbout } from './warnings.ts';

const encoder = new TextEncoder();
/** Libraries that people's .gitignore files often leave out; without them a job would not start. */
const BINARY = /\.(whl|jar|egg)$/;

interface GenerateOptions {
  /** Targets beside dev and prod. */
  readonly targets?: readonly TargetWish[] | undefined;
  /** What the first deployment into a target does with the originals; `copy` where it is not said. */
  readonly adoption?: Readonly<Record<string, Adoption>> | undefined;
  /** Where a target lies in the workspace, by its name, written out; a production target that is left out lies below its deployer's home. */
  readonly roots?: Readonly<Record<string, string>> | undefined;
  /**
   * Whoever deploys, where that is known and nobody else will: child jobs and pipelines that run as them anyway need not say so, and are then
   * to the letter what they were.
   */
  readonly deployer?: string | undefined;
  readonly devData?: DevData | undefined;
}

/** The targets that every bundle has. */
const OFFERED: readonly TargetWish[] = [
  { name: 'dev', environment: 'development' },
  { name: 'prod', environment: 'production' },
];

interface GenerateInput {
  readonly definition: JobDefinition;
  /** The closure: what the definition names, what that imports or runs, and the files below the folders it names. */
  readonly sources: readonly Source[];
  /** What collecting the sources found. */
  readonly diagnostics?: readonly Diagnostic[] | undefined;
  /** The tables that the sources name, where somebody has looked. */
  readonly tables?: readonly SourceTables[] | undefined;
  /** The statements of SQL in its settings, where somebody has looked. */
  readonly statements?: readonly StatementTables[] | undefined;
  /** What its dashboards read, where somebody has looked. */
  readonly dashboards?: readonly DashboardReads[] | undefined;
  /** The workspace the job was read from; never written into the bundle. */
  readonly host: string;
  readonly options?: GenerateOptions | undefined;
}

/** The targets that a bundle gets, each once. Throws UserError for a name that can't be one. */
export function targetsOf(wanted: readonly TargetWish[] = []): TargetWish[] {
  const targets = [...new Map([...OFFERED, ...wanted].map((target) => [target.name, target])).values()];
  const wrong = targets.map(({ name }) => name).find((name) => !TARGET_NAME.test(name));
  if (wrong === undefined) return targets;
  throw new UserError({
    doing: 'Making the bundle',
    problem: `${quoted(wrong.slice(0, 80))} can't be the name of a target.`,
    next: 'Use a letter first, then letters, digits, `-` and `_`.',
  });
}

function missingSources(missing: readonly SourceReference[], known: readonly Diagnostic[]): Diagnostic[] {
  const told = new Set(known.map(({ place }) => place));
  return missing
    .filter(({ place, path }) => !told.has(place) && !told.has(path))
    .map(({ place, path }) => ({
      level: 'warning',
      place,
      message: `${path} could not be read, so the job keeps pointing to it in the workspace`,
    }));
}

/** A dashboard's own file, called like nothing else in the tree. */
function placeDashboards(resources: readonly KeyedResource[], layout: Layout): ReadonlyMap<string, BundleFile> {
  const taken = new Set<string>();
  for (const { file } of layout.placements.values()) {
    for (let path = file.path; path !== ''; path = parentFolder(path)) taken.add(clashKey(path));
  }
  const named = (stem: string) => `src/${stem}.lvdash.json`;
  return new Map(
    resources.flatMap(({ key, serialized }) => {
      if (serialized === undefined) return [];
      const path = named(freeName(key, (stem) => taken.has(clashKey(named(stem)))));
      taken.add(clashKey(path));
      return [[key, { path, bytes: encoder.encode(serialized) }]];
    }),
  );
}

function bundleYaml(
  resources: readonly KeyedResource[],
  variables: readonly Variable[],
  targets: JsonObject,
  files: readonly BundleFile[],
) {
  const declared = variables.map(({ name, value, description, lookup }) => [
    name,
    // A variable that is looked up can't have a default as well.
    { description, ...(lookup === undefined ? { default: value } : { lookup: { [lookup]: value } }) },
  ]);
  const binaries = [...new Set(files.flatMap(({ path }) => path.match(BINARY)?.[0] ?? []))].sort();
  return {
    bundle: { name: resources[0]?.key ?? 'bundle', engine: 'direct' },
    include: [RESOURCE_FILES],
    ...(binaries.length > 0 ? { sync: { include: binaries.map((extension) => `src/**/*${extension}`) } } : {}),
    ...(variables.length > 0 ? { variables: Object.fromEntries(declared) } : {}),
    targets,
  };
}

/** As Databricks' own templates have it (databricks/bundle-examples). */
const DOCUMENTATION = 'https://docs.databricks.com/dev-tools/bundles/index.html';

const QUEUE = 'Said here because a bundle switches the queue on otherwise.';

function resourceYaml(
  resource: KeyedResource,
  folder: string | undefined,
  byPlace: ReadonlyMap<string, string>,
  dashboard: BundleFile | undefined,
): string {
  const { type, key, value } = resource;
  const written = resourceValue(resource, byPlace);
  const whole = dashboard === undefined ? written : { ...written, file_path: `../${dashboard.path}` };
  const comments = type === 'jobs' && !('queue' in value) ? [{ at: ['resources', type, key, 'queue'], text: QUEUE }] : [];
  const header =
    folder === undefined
      ? `Made from ${describeOrigin(resource)}.`
      : `Proposed for ${quoted(folder)}: tasks, their order and parameters are read off its files.`;
  // Three keys lead to a resource: its sections are what people look for.
  return renderYaml({ resources: { [type]: { [key]: whole } } }, { header, comments, apart: 3 });
}

/** What a resource was made from, in words that later edits leave true. */
function describeOrigin({ type, name, id }: KeyedResource): string {
  const called = name === undefined ? '' : ` ${quoted(name)}`;
  return `${RESOURCE_KIND[type]}${called}${id === '' ? '' : ` (${id})`}`;
}

/**
 * What people's own tools leave in a tree; a deployment obeys it as well (facts: bundles#paths-and-libraries), so nothing stands there that the
 * bundle has.
 */
function renderGitignore(sources: readonly BundleFile[]): string {
  const left = ['__pycache__/', '.venv/'].filter((name) => !sources.some(({ path }) => `${path}/`.includes(`/${name}`)));
  return ['.databricks/', ...left, ''].join('\n');
}

/** Makes the bundle of a job. Sources, related things and lookups may come in any order. Throws UserError for a target that can't be. */
export function generateBundle(input: GenerateInput): Bundle {
  const { definition, options = {}, tables = [], statements } = input;
  const { folder } = definition;
  const wished = targetsOf(options.targets);
  const names = wished.map(({ name }) => name);
  const adoption = Object.fromEntries(names.map((name) => [name, options.adoption?.[name] ?? 'copy']));
  const originals = keyedResources(definition);
  const chosen = chooseVariables(originals, { calls: callsWords(originals, tables), statements });
  const pauses = pauseTriggers(originals, (name) => chosen.list.some((one) => one.name === name));
  const { resources } = pauses;
  const references = resources.flatMap((resource) => pathsOf(resource, resource.leaves));
  const folders = references.filter(({ kind }) => kind === 'folder').map(({ path }) => path);
  const layout = layoutSources(input.sources, new Set(references.map(sourceKey)), folders);
  const dashboards = placeDashboards(resources, layout);

  const first = wished.find(({ environment }) => environment === 'development')?.name;
  const parameters = giveOwnData(resources, chosen, tables, { ...options.devData, first });
  const pause = pauses.variable;
  const isTaken = (name: string) => name === pause?.name || parameters.list.some((one) => one.name === name);
  const experiments = ownExperiments(resources, tables, isTaken);
  const own = [...parameters.list, ...experiments.variables, ...(pause === undefined ? [] : [pause])];
  const lookups = chooseLookups(resources, definition.lookups ?? [], new Set(own.map(({ name }) => name)));
  const paths = replacePaths(resources, layout);
  const { before } = chosen;
  const values = writtenValues({ ...parameters, byPlace: new Map([...parameters.byPlace, ...experiments.byPlace]), before });
  const paused = pauses.places.map((place): [string, string] => [place, `\${var.${pause?.name}}`]);
  const byPlace = new Map([...paused, ...values, ...lookups.byPlace, ...paths.byPlace]);

  const { roots = {}, deployer } = options;
  const moved = { list: parameters.list, own: parameters.own(first ?? '') };
  const datasets = datasetPlaces(resources, moved, tables, input.dashboards ?? []);
  const inCopy = pause === undefined ? {} : { [pause.name]: 'PAUSED' };
  const targets = renderTargets({
    targets: wished,
    adoption,
    roots,
    resources,
    deployer,
    byPlace,
    own: (target) => ({ ...parameters.own(target), ...experiments.own(target) }),
    datasets,
    paused: inCopy,
  });
  const written = resources.map((resource) => ({
    path: resource.file,
    yaml: resourceYaml(resource, folder, byPlace, dashboards.get(resource.key)),
  }));
  const all = [JSON.stringify(targets), ...written.map(({ yaml }) => yaml)];
  // Who owns what is a copy is not written down, so nothing looks them up.
  const lookedUp = lookups.variables.filter(({ name }) => all.some((one) => one.includes(`\${var.${name}}`)));
  const variables = [...own, ...lookedUp].sort((a, b) => (a.name < b.name ? -1 : 1));
  const sources = [...layout.placements.values()].map(({ file }) => file);
  const title = resources[0]?.name ?? `Job ${definition.jobId}`;
  const brought = definition.broughtFrom === undefined ? undefined : describeBroughtFrom(definition.broughtFrom);
  const [made = quoted(title)] = resources.map(describeOrigin);
  const origin = folder === undefined ? made : `the folder ${quoted(folder)}`;
  const about = { name: title, jobId: definition.jobId, folder, resources, variables, sources: sources.length, brought };
  const others = (target: string) => ({ ...experiments.own(target), ...inCopy });
  const readme = { ...about, targets: wished, adoption, own: parameters.own, others };
  const text = (path: string, content: string): BundleFile => ({ path, bytes: encoder.encode(content) });
  const files = [
    text(
      'databricks.yml',
      renderYaml(bundleYaml(resources, variables, targets, sources), {
        header: `Declarative Automation Bundle made from ${origin}.\nSee ${DOCUMENTATION} for documentation.`,
        comments: targetComments(wished, adoption, resources),
      }),
    ),
    ...written.map(({ path, yaml }) => text(path, yaml)),
    text('README.md', renderReadme(readme)),
    text('.gitignore', renderGitignore(sources)),
    ...dashboards.values(),
    ...sources,
  ].sort((a, b) => (a.path < b.path ? -1 : 1));

  const collected = [...(input.diagnostics ?? []), ...layout.diagnostics];
  const replaced = new Set(byPlace.keys());
  return {
    name: resources[0]?.key ?? 'bundle',
    files,
    resources: resources.map(({ type, key, id }) => ({ type, key, ...(id === '' ? {} : { id }) })),
    variables: variables.map(({ name, value, description }) => ({ name, value, description })),
    targets: names,
    adoption,
    sources: [...layout.placements.values()].map(({ source, file }) => ({
      path: canonicalPath(source.path),
      file: file.path,
      sha256: sha256(source.bytes),
    })),
    secrets: [],
    diagnostics: [
      ...collected,
      ...missingSources(paths.missing, collected),
      ...resources.flatMap((resource) => inexpressible(resource, replaced)),
      ...leftOutside(definition),
      ...(definition.broughtFrom === undefined ? [] : [broughtWarning(definition.broughtFrom)]),
      ...resources.flatMap((resource) => warningsAbout(resource, { targets: wished, adoption, ...parameters })),
      ...lookups.diagnostics,
      ...wished.flatMap(({ name, environment }): Diagnostic[] => {
        if (environment !== 'development') return [];
        const told = parameters.told(name).map((one) => ({ ...one, place: `target ${name}` }));
        return adoption[name] === 'bind' ? [devAdopts(name), ...told] : told;
      }),
    ].map(byKey(resources)),
    digest: digestFiles(files),
  };
}

/** Names what came along by its key in the bundle, as the proof does, where its place names it by an id. */
function byKey(resources: readonly KeyedResource[]): (found: Diagnostic) => Diagnostic {
  const keys = new Map(resources.map(({ prefix, type, key }) => [prefix, `${type}.${key}: `]));
  return (found) => {
    const prefix = /^related\[[^\]]*\]\./.exec(found.place)?.[0] ?? '';
    const key = prefix === '' ? undefined : keys.get(prefix);
    return key === undefined ? found : { ...found, place: key + found.place.slice(prefix.length) };
  };
}

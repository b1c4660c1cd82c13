// Makes a bundle out of a job definition and its sources: databricks.yml, the job, the sources, a README; the same input gives the same bytes.
import { type Bundle, type BundleFile, type Diagnostic, digestFiles, type JobDefinition, type Source, sha256 } from './bundle.ts';
import { canonicalPath, sourceReferences } from './definition.ts';
import { isObject, type JsonObject } from './json.ts';
import { resourceKey } from './names.ts';
import { orderSettings } from './order.ts';
import { mapLeaves } from './places.ts';
import { renderReadme } from './readme.ts';
import { literalReferences } from './references.ts';
import { renderYaml, type YamlComment } from './render-yaml.ts';
import { pathsOf, relativePaths } from './source-references.ts';
import { type Layout, layoutSources, sourceKey } from './sources.ts';
import { chooseVariables, type Variable } from './variables.ts';
import { quoted } from './yaml.ts';

/** Fields that only the server writes (facts: databricks 8); they are no settings. */
export const SERVER_ONLY: ReadonlySet<string> = new Set(['format', 'edit_mode', 'deployment']);
/** Where production lives: below the deployer's home, so that nobody else can change what runs. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: references of the bundle, not of JavaScript
export const PROD_ROOT = '/Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}';

const encoder = new TextEncoder();

export interface GenerateInput {
  readonly definition: JobDefinition;
  readonly sources: readonly Source[];
  /** What collecting the sources found. */
  readonly diagnostics?: readonly Diagnostic[] | undefined;
  /** The workspace the job was read from; never written into the bundle. */
  readonly host: string;
}

/** `run_as` that a target can carry: exactly one user or service principal (the CLI takes no other). */
function targetRunAs(settings: JsonObject): JsonObject | undefined {
  const runAs = settings.run_as;
  if (!isObject(runAs)) return undefined;
  const keys = Object.keys(runAs);
  const known = keys.length === 1 && ['user_name', 'service_principal_name'].includes(keys[0] ?? '');
  return known && keys.every((key) => typeof runAs[key] === 'string' && runAs[key] !== '') ? runAs : undefined;
}

function missingSources(input: GenerateInput, layout: Layout): Diagnostic[] {
  const told = new Set((input.diagnostics ?? []).flatMap(({ place }) => [place]));
  const missing = sourceReferences(input.definition).filter((reference) => !layout.placements.has(sourceKey(reference)));
  return missing
    .filter(({ place, path }) => !told.has(place) && !told.has(path) && !layout.diagnostics.some((known) => known.place === path))
    .map(({ place, path }) => ({
      level: 'warning',
      place,
      message: `${path} could not be read, so the job keeps pointing to it in the workspace`,
    }));
}

/** The job's settings as the bundle has them: sources and variables by reference, the queue said out loud. */
function jobResource(
  definition: JobDefinition,
  layout: Layout,
  variables: ReadonlyMap<string, string>,
  runAsInTarget: boolean,
): JsonObject {
  const { settings } = definition;
  const git = isObject(settings.git_source);
  const paths = new Map(
    pathsOf({ type: 'jobs', value: settings }).flatMap(({ leaf, field, kind, path }) => {
      const placed = layout.placements.get(sourceKey({ path, kind }));
      // The CLI translates no path of a job with a git_source.
      const local = field.relative && !git ? `../${placed?.file.path}` : `\${workspace.file_path}/${placed?.remote}`;
      return placed === undefined ? [] : [[leaf.place, String(leaf.value).replace(path, () => local)]];
    }),
  );
  const kept = Object.fromEntries(
    Object.entries(settings).filter(([key]) => !SERVER_ONLY.has(key) && !(runAsInTarget && key === 'run_as')),
  );
  const mapped = mapLeaves(kept, ({ place, value }) => {
    const variable = variables.get(place);
    return paths.get(place) ?? (variable === undefined ? value : `\${var.${variable}}`);
  });
  return orderSettings('queue' in mapped ? mapped : { ...mapped, queue: { enabled: false } });
}

/** Development mode pauses what says nothing of it, but lets `UNPAUSED` run (tried with CLI 1.9.0): a copy must not start by itself. */
function pausedInDevelopment(key: string, settings: JsonObject): JsonObject {
  const running = ['schedule', 'trigger', 'continuous'].filter((name) => {
    const trigger = settings[name];
    return isObject(trigger) && trigger.pause_status === 'UNPAUSED';
  });
  if (running.length === 0) return {};
  return { resources: { jobs: { [key]: Object.fromEntries(running.map((name) => [name, { pause_status: 'PAUSED' }])) } } };
}

function bundleYaml(key: string, settings: JsonObject, variables: readonly Variable[], title: string): string {
  const values = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  const perTarget = variables.length > 0 ? { variables: values } : {};
  const runAs = targetRunAs(settings);
  const declared = Object.fromEntries(variables.map(({ name, value, description }) => [name, { description, default: value }]));
  const comments: YamlComment[] = [
    { at: ['targets', 'dev'], text: 'Your own copy: its name gets a prefix, schedules and triggers are paused.' },
    { at: ['targets', 'prod'], text: 'The job as it was.' },
  ];
  return renderYaml(
    {
      bundle: { name: key, engine: 'direct' },
      include: [jobPath(key)],
      ...(variables.length > 0 ? { variables: declared } : {}),
      targets: {
        dev: { mode: 'development', default: true, ...perTarget, ...pausedInDevelopment(key, settings) },
        prod: { mode: 'production', workspace: { root_path: PROD_ROOT }, ...(runAs === undefined ? {} : { run_as: runAs }), ...perTarget },
      },
    },
    { header: `Declarative Automation Bundle of ${title}.`, comments },
  );
}

function jobPath(key: string): string {
  return `resources/${key}.job.yml`;
}

function unexpressible(definition: JobDefinition): Diagnostic[] {
  const relative = relativePaths({ type: 'jobs', value: definition.settings }).map(
    ({ place, path }): Diagnostic => ({
      level: 'error',
      place,
      message: `is ${quoted(path)}, which a bundle takes for a file of its own; only absolute workspace paths can be said`,
    }),
  );
  const literal = literalReferences(definition.settings).map(
    ({ place, text }): Diagnostic => ({
      level: 'error',
      place,
      message: `holds ${quoted(text)}, which a bundle takes for a reference; there is no way to write it literally`,
    }),
  );
  return [...relative, ...literal];
}

/** Makes the bundle of a job. Sources may come in any order. */
export function generateBundle(input: GenerateInput): Bundle {
  const { definition } = input;
  const { settings, jobId } = definition;
  const name = typeof settings.name === 'string' ? settings.name : undefined;
  const key = resourceKey(name, jobId);
  const wanted = new Set(sourceReferences(definition).map(sourceKey));
  const layout = layoutSources(input.sources.filter((source) => wanted.has(sourceKey(source))));
  const variables = chooseVariables(settings, jobId);
  const runAs = targetRunAs(settings);
  const job = jobResource(definition, layout, variables.byPlace, runAs !== undefined);
  const title = `job ${name === undefined ? jobId : quoted(name)} (${jobId})`;
  const comments =
    'queue' in settings
      ? []
      : [{ at: ['resources', 'jobs', key, 'queue'], text: 'The job has no queue; without this line a bundle would switch it on.' }];
  const text = (path: string, content: string): BundleFile => ({ path, bytes: encoder.encode(content) });
  const files = [
    text('databricks.yml', bundleYaml(key, settings, variables.list, title)),
    text(jobPath(key), renderYaml({ resources: { jobs: { [key]: job } } }, { comments })),
    text(
      'README.md',
      renderReadme({ name: name ?? `Job ${jobId}`, jobId, key, variables: variables.list, sources: layout.placements.size }),
    ),
    text('.gitignore', '.databricks/\n'),
    ...[...layout.placements.values()].map(({ file }) => file),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    name: key,
    files,
    resources: [{ type: 'jobs', key }],
    variables: variables.list.map((variable) => ({ ...variable, value: String(variable.value) })),
    targets: ['dev', 'prod'],
    adoption: {},
    sources: [...layout.placements.values()].map(({ source, file }) => ({
      path: canonicalPath(source.path),
      file: file.path,
      sha256: sha256(source.bytes),
    })),
    secrets: [],
    diagnostics: [
      ...(input.diagnostics ?? []),
      ...missingSources(input, layout),
      ...layout.diagnostics,
      ...unexpressible(definition),
      ...notes(definition),
    ],
    digest: digestFiles(files),
  };
}

/** What people should look at, though nothing is lost. */
function notes(definition: JobDefinition): Diagnostic[] {
  const { settings } = definition;
  const found: Diagnostic[] = [];
  if (isObject(settings.deployment) && settings.deployment.kind === 'BUNDLE') {
    found.push({
      level: 'warning',
      place: 'deployment',
      message: 'the job is already deployed by a bundle; a second one would compete with it',
    });
  }
  return found;
}

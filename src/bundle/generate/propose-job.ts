// A job for a folder that has none: its notebooks and programs as tasks, in an order somebody worked out, widgets as parameters.
import type { Json, JsonObject } from '../../values/json.ts';
import type { JobDefinition, Source } from '../model/bundle.ts';
import { freeName, variableName } from '../model/safe-names.ts';

/** A step in the proposed order: what runs, and what has to be over before. */
interface ProposedStep {
  readonly path: string;
  /** In words, for a file whose name says nothing. */
  readonly does?: string | undefined;
  readonly after: readonly string[];
  /** Its widgets. */
  readonly parameters: readonly { readonly name: string; readonly default?: string | undefined }[];
}

/** Serverless environments need a version; 2 is what the workspace's own UI writes for a new Python task. */
const ENVIRONMENT: JsonObject = { environment_key: 'default', spec: { environment_version: '2' } };

/**
 * Proposes a job: one task a step, on serverless compute, with a job parameter for every widget. Widgets of one name with different defaults
 * keep their own default as the task's parameter.
 */
export function proposeJob(folder: string, steps: readonly ProposedStep[], sources: readonly Source[]): JobDefinition {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const keys = new Map<string, string>();
  for (const { path, does } of steps)
    keys.set(
      path,
      freeName(taskKey(path, does), (name) => [...keys.values()].includes(name)),
    );
  const defaults = new Map<string, Set<string>>();
  for (const { parameters } of steps)
    for (const { name, default: value = '' } of parameters) defaults.set(name, (defaults.get(name) ?? new Set()).add(value));
  const shared = [...defaults].filter(([, values]) => values.size === 1);
  const tasks = steps.flatMap((step): JsonObject[] => {
    const source = byPath.get(step.path);
    if (source === undefined) return [];
    const own = step.parameters.filter(({ name }) => (defaults.get(name)?.size ?? 0) > 1);
    const after = step.after.flatMap((path) => keys.get(path) ?? []).map((key): JsonObject => ({ task_key: key }));
    return [{ task_key: keys.get(step.path) ?? '', ...(after.length > 0 ? { depends_on: after } : {}), ...kindOf(source, own) }];
  });
  const programs = tasks.some((task) => task.environment_key !== undefined);
  const settings: JsonObject = {
    name: jobName(folder),
    ...(shared.length > 0 ? { parameters: shared.map(([name, [value = '']]): Json => ({ name, default: value })) } : {}),
    queue: { enabled: true },
    tasks,
    ...(programs ? { environments: [ENVIRONMENT] } : {}),
  };
  return { jobId: '', folder, settings, grants: [] };
}

function kindOf(source: Source, own: ProposedStep['parameters']): JsonObject {
  if (source.kind === 'file') return { spark_python_task: { python_file: source.path, source: 'WORKSPACE' }, environment_key: 'default' };
  const base = Object.fromEntries(own.map(({ name, default: value }) => [name, value ?? '']));
  return { notebook_task: { notebook_path: source.path, source: 'WORKSPACE', ...(own.length > 0 ? { base_parameters: base } : {}) } };
}

/** Folders that are called by what they hold: their job is called like the folder around them. */
const HOLDS = /^(?:notebooks?|src|source|code|jobs?|scripts?|sql|python)$/i;
/** Folders that hold what belongs to different people or things. */
const EVERYBODYS = /^(?:Shared|Users|Repos|Teams|.*@.*)$/i;

function jobName(folder: string): string {
  const [last = 'job', above] = folder
    .split('/')
    .filter((part) => part !== '' && part !== 'Workspace')
    .reverse();
  return HOLDS.test(last) && above !== undefined && !EVERYBODYS.test(above) ? above : last;
}

/** A number before a name says the order, which `depends_on` says too; a year or a date is none. */
const NUMBERED = /^v_\d{1,3}(?:_\d{1,3})*_(?=[a-z])|^(?:step|part|task|stage|phase|nb|notebook)_?\d{1,3}_(?=[a-z])/;
/** Names that the workspace gives, or that only number. */
const SAYS_NOTHING = /^(?:v_)?[\d_]+$|^(?:new_|untitled_)?(?:step|part|task|stage|phase|nb|notebook|query|untitled)?[_\d]*$/;

/** What a file does, by its name, or by what its code says where that says nothing. */
function taskKey(path: string, does = ''): string {
  const name = bare((path.split('/').at(-1) ?? '').replace(/\.(py|sql|ipynb|scala|r)$/i, ''));
  const said = bare(does);
  if (!SAYS_NOTHING.test(name) || SAYS_NOTHING.test(said) || !/[a-z]/i.test(does)) return name.replace(/^v_(?=\d)/, 'step_');
  return /^.{1,40}(?=_|$)/.exec(said)?.[0] ?? said;
}

function bare(text: string): string {
  return variableName(text).replace(NUMBERED, '');
}

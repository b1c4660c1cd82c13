// "Run it on serverless": job clusters go, Python file tasks get an environment, what can't move is named.
import { type Document, isMap, isSeq, type YAMLMap } from 'yaml';
import { askOne, readFiles, section, type Talk, ToolTrouble, unquote } from '../conversation/talk.ts';
import { type Editing, keysOf, mapAt, parseYaml, renderYaml, sendEdit } from './edit.ts';

const CLUSTER_KEYS = ['job_cluster_key', 'new_cluster', 'existing_cluster_id'];
/** Tasks that take their packages from an environment of the job (facts: databricks#job-definitions). */
const WITH_ENVIRONMENT = ['spark_python_task', 'python_wheel_task'];
/** Tasks that only run on a cluster. */
const CLUSTER_ONLY = ['spark_jar_task', 'spark_submit_task'];
const ENVIRONMENT = 'default';

export function wantsServerless(text: string): boolean {
  return /\bserverless\b/i.test(text) && !/\b(?:not|without|off|from|stop)\b[^.]*\bserverless\b/i.test(text);
}

/** The files that hold resources. */
export function* resourceFiles(editing: Editing, text?: string): Talk<string[]> {
  const answer = yield* askOne('list_bundle_files', { bundle_id: editing.bundle }, text);
  const paths = section(answer, 'Files').lines.map((line) => unquote(line).replace(/ \(\d+ bytes\)$/, ''));
  const found = paths.filter((path) => /^resources\/[^/]+\.ya?ml$/.test(path));
  if (found.length === 0) throw new ToolTrouble('The bundle has no file under resources/.');
  return found;
}

export function* toServerless(editing: Editing): Talk<void> {
  const paths = yield* resourceFiles(editing, "I'll move the job to serverless compute. First a look at its tasks.");
  const files = yield* readFiles(editing.bundle, [...paths, 'databricks.yml']);
  noteOverrides(editing, files.get('databricks.yml') ?? '');
  files.delete('databricks.yml');
  let changed = 0;
  for (const [path, before] of files) {
    const document = parseYaml(before);
    const jobs = keysOf(mapAt(document, ['resources', 'jobs']));
    const counts = jobs.map((key) => moveJob(document, key, editing));
    const after = renderYaml(document);
    if (!counts.some((count) => count > 0)) continue;
    changed += 1;
    yield* sendEdit(editing, path, before, after);
    editing.changes.push(`\`${path}\` runs on serverless compute: its clusters are gone from the tasks.`);
  }
  if (changed === 0) throw new ToolTrouble('No task of this bundle names a cluster: nothing to move to serverless.');
}

/** What targets write over a job is left alone, and said. */
function noteOverrides(editing: Editing, text: string): void {
  const document = parseYaml(text);
  const overriding = keysOf(mapAt(document, ['targets'])).filter((name) => mapAt(document, ['targets', name, 'resources']) !== undefined);
  if (overriding.length > 0)
    editing.notes.push(
      `Target ${overriding.map((name) => `\`${name}\``).join(', ')} has settings of its own for the job; I left those alone.`,
    );
}

/** Changes one job; answers how many settings went. */
function moveJob(document: Document, key: string, editing: Editing): number {
  const job = mapAt(document, ['resources', 'jobs', key]);
  const tasks = job?.get('tasks');
  if (job === undefined || !isSeq(tasks)) return 0;
  let removed = 0;
  let needsEnvironment = false;
  const packages: string[] = [];
  const kept: string[] = [];
  for (const task of tasks.items.flatMap((item) => (isMap(item) ? [item, ...inner(item)] : []))) {
    const name = String(task.get('task_key') ?? 'the inner task');
    if (CLUSTER_ONLY.some((kind) => task.has(kind))) {
      if (CLUSTER_KEYS.some((one) => task.has(one))) kept.push(name);
      continue;
    }
    const had = CLUSTER_KEYS.filter((one) => task.delete(one));
    removed += had.length;
    const libraries = pypiOf(task);
    if (had.length > 0 && WITH_ENVIRONMENT.some((kind) => task.has(kind))) {
      needsEnvironment = true;
      packages.push(...libraries);
      if (!task.has('environment_key')) task.set('environment_key', ENVIRONMENT);
    } else if (had.length > 0 && libraries.length > 0) {
      editing.notes.push(
        `Task \`${name}\` used libraries (${libraries.join(', ')}): on serverless a notebook installs them itself with \`%pip install\`.`,
      );
    }
    if (had.length > 0) task.delete('libraries');
  }
  if (kept.length > 0)
    editing.notes.push(`These tasks only run on a cluster and stay there: ${kept.map((name) => `\`${name}\``).join(', ')}.`);
  else if (job.delete('job_clusters')) removed += 1;
  if (needsEnvironment) {
    addEnvironment(document, job, packages);
    editing.notes.push(`Python file tasks use the environment \`${ENVIRONMENT}\` of the job (environment version 2).`);
  }
  return removed;
}

function inner(task: YAMLMap): YAMLMap[] {
  const forEach = task.get('for_each_task');
  const found = isMap(forEach) ? forEach.get('task') : undefined;
  return isMap(found) ? [found] : [];
}

function pypiOf(task: YAMLMap): string[] {
  const libraries = task.get('libraries');
  if (!isSeq(libraries)) return [];
  return libraries.items.flatMap((item) =>
    isMap(item) && typeof item.getIn(['pypi', 'package']) === 'string' ? [String(item.getIn(['pypi', 'package']))] : [],
  );
}

function addEnvironment(document: Document, job: YAMLMap, packages: readonly string[]): void {
  const dependencies = [...new Set(packages)];
  const spec = { environment_version: '2', ...(dependencies.length === 0 ? {} : { dependencies }) };
  const entry = document.createNode({ environment_key: ENVIRONMENT, spec });
  const environments = job.get('environments');
  if (!isSeq(environments)) job.set('environments', document.createNode([{ environment_key: ENVIRONMENT, spec }]));
  else if (!environments.items.some((item) => isMap(item) && item.get('environment_key') === ENVIRONMENT)) environments.add(entry);
}

// Makes and stores a bundle for a tool, shows the reading before it, and says what it holds.
import type { Bundle, Diagnostic, JobDefinition } from '../../../bundle/model/bundle.ts';
import { createMask } from '../../../bundle/secrets/mask-secrets.ts';
import { environmentOf } from '../../../bundle/yaml/describe-tree.ts';
import { type BundleWish, makeBundle } from '../../../conversion/make-bundle.ts';
import { mayManageAll } from '../../../conversion/may-manage-all.ts';
import type { ReadingProgress, WholeSubject } from '../../../conversion/subject.ts';
import { type JsonObject, objectsIn } from '../../../values/json.ts';
import type { StepReporter, ToolContext } from './define-tool.ts';
import { capped, quote } from './foreign-text.ts';

/** Most lines of one kind in the answer. */
const MOST = 25;

const GENERATING = 'Generating the bundle';

/** Makes the bundle of what was read, stores both, and answers what a tool says of it between the words `first` and `next`. */
export async function storeNewBundle(
  { caller, workspace, placing, bundles, edits, steps, signal }: ToolContext,
  subject: WholeSubject,
  { first, next, ...wish }: BundleWish & { readonly first: string; readonly next: string },
): Promise<{ text: string; bundle: Bundle }> {
  const { definition } = subject;
  steps.start('generate', GENERATING);
  const { host, userName } = caller;
  const { areKnown, devData, answers, ...known } = placing;
  const mayTakeOver = () => mayManageAll(workspace, definition, signal);
  const { bundle, findings } = await makeBundle(
    subject,
    { ...wish, devData: { ...devData, answers: await answers?.({ host, userName }) } },
    { host, placing: { ...known, userName, mayTakeOver }, schemas: { userName, isSchemaThere: workspace.isSchemaThere }, signal },
  );
  const definitionId = await bundles.saveDefinition(caller.host, definition);
  await bundles.save(bundle, { definitionId });
  // Generating again begins anew, whatever was made of the same tree before.
  edits.delete(bundle.digest);
  steps.done('generate', GENERATING, `${bundle.files.length} files`);
  const unknown = (await areKnown?.()) === false ? placesUnknown(bundle) : [];
  const text = [first, ...describe(bundle, definition, findings), ...unknown, next].join('\n');
  return { text: createMask(bundle).mask(text), bundle };
}

/** For production that somebody may have begun already: a bot looks at that again when it plans, the CLI alone never does. */
function placesUnknown(bundle: Bundle): string[] {
  const production = bundle.targets.filter((target) => environmentOf(bundle, target) === 'production');
  if (production.length === 0) return [];
  return [
    `Not known here: whether ${production.join(', ')} is deployed already, and where; this server keeps no record of deployments. A plan of the bot looks again. If the person deploys with the CLI, tell them to look first.`,
  ];
}

/** `1 file`, `3 files`. */
export function filesCounted(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** What a bundle holds, in sections that begin with their count. */
function describe(bundle: Bundle, definition: JobDefinition, findings: readonly Diagnostic[]): string[] {
  const looks = [...bundle.diagnostics, ...findings];
  const name = typeof definition.settings.name === 'string' ? definition.settings.name : 'Untitled';
  const { secrets } = bundle;
  const counted = <Item>(title: string, items: readonly Item[], line: (item: Item) => string) => [
    `${title} (${items.length}):`,
    ...capped(items.map(line), MOST),
  ];
  return [
    `bundle_id: ${bundle.digest}`,
    `Job name: ${quote(name)}`,
    `Bundle name: ${quote(bundle.name)}`,
    `Targets: ${bundle.targets.map((target) => `${target}${WAYS[bundle.adoption[target] ?? 'copy']}`).join(', ')}`,
    ...counted('Tasks', objectsIn(definition.settings.tasks), taskLine),
    ...counted('Resources', bundle.resources, ({ type, key }) => `- ${type}.${key}`),
    ...counted('Files', bundle.files, ({ path }) => `- ${quote(path)}`),
    ...counted('Variables', bundle.variables, ({ name, value, description }) => `- ${name} = ${quote(value)}: ${quote(description)}`),
    ...(secrets.length === 0
      ? []
      : [
          ...counted('Hard-coded secrets', secrets, ({ path, line, kind }) => `- ${quote(`${path}:${line}`)}: ${quote(kind)}`),
          'Their values are masked; nobody can deploy before they are replaced. Say so.',
        ]),
    ...counted('To look at', looks, ({ level, place, message }) => `- ${level} at ${quote(place)}: ${quote(message, 500)}`),
  ];
}

const WAYS = {
  copy: '',
  bind: ' (takes the original over)',
  beside: ' (a copy beside the original, paused)',
  replace: ' (a copy; the same approval pauses the original)',
} as const;

/** A task by its key and kind. */
function taskLine(task: JsonObject): string {
  const kind = Object.keys(task).find((key) => key.endsWith('_task')) ?? 'unknown kind';
  return `- ${quote(String(task.task_key))} (${kind})`;
}

/** Shows reading as steps: `whole` is the title of reading a whole job, `sources` that of reading files. */
export function showReading(
  steps: StepReporter,
  { whole = '', sources }: { whole?: string; sources: string },
): (progress: ReadingProgress) => void {
  return (progress) => {
    switch (progress.stage) {
      case 'job':
        return steps.start('read', `${whole} (${progress.done} of ${progress.total})`);
      case 'job read':
        return steps.done('read', whole, progress.name);
      case 'sources':
        return steps.start('collect', `${sources} (${progress.done} of ${progress.total})`);
      case 'sources read':
        return steps.done('collect', sources, filesCounted(progress.files));
      case 'order':
        return steps.start('analyze', 'Working out an order');
      case 'order found':
        return steps.done('analyze', 'Working out an order', `${progress.tasks} ${progress.tasks === 1 ? 'task' : 'tasks'}`);
    }
  };
}

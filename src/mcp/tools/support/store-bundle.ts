// Stores a bundle that a tool has made, and says what it holds.
import type { Bundle, Diagnostic, JobDefinition } from '../../../bundle/model/bundle.ts';
import { createMask } from '../../../bundle/model/mask-secrets.ts';
import type { MadeBundle } from '../../../conversion/make-bundle.ts';
import { isObject } from '../../../values/json.ts';
import type { ToolContext } from './define-tool.ts';
import { capped, quote } from './foreign-text.ts';

/** Most lines of one kind in the answer. */
const MOST = 25;

/** The title of the step that makes a bundle. */
export const GENERATING = 'Generating the bundle';

/** Stores a new bundle with the definition it was made from, and answers what a tool says of it between the words `first` and `next`. */
export async function storeBundle(
  { caller, bundles, edits, steps }: Pick<ToolContext, 'caller' | 'bundles' | 'edits' | 'steps'>,
  definition: JobDefinition,
  { bundle, findings }: MadeBundle,
  words: { readonly first: string; readonly next: string },
): Promise<string> {
  const definitionId = await bundles.saveDefinition(caller.host, definition);
  await bundles.save(bundle, { definitionId });
  // Generating again begins anew, whatever was made of the same tree before.
  edits.delete(bundle.digest);
  steps.done('generate', GENERATING, `${bundle.files.length} files`);
  const text = [words.first, ...describe(bundle, definition, findings), words.next].join('\n');
  return createMask(bundle).mask(text);
}

/** `1 file`, `3 files`. */
export function filesCounted(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** What a bundle holds, in sections that begin with their count. */
function describe(bundle: Bundle, definition: JobDefinition, findings: readonly Diagnostic[]): string[] {
  const name = typeof definition.settings.name === 'string' ? definition.settings.name : 'Untitled';
  const looks = [...bundle.diagnostics, ...findings].map(
    (found) => `- ${found.level} at ${quote(found.place)}: ${quote(found.message, 500)}`,
  );
  const secrets = bundle.secrets.map((found) => `- ${quote(`${found.path}:${found.line}`)}: ${quote(found.kind)}`);
  const counted = (title: string, lines: readonly string[]) => [`${title} (${lines.length}):`, ...capped(lines, MOST)];
  return [
    `bundle_id: ${bundle.digest}`,
    `Job name: ${quote(name)}`,
    `Bundle name: ${quote(bundle.name)}`,
    `Targets: ${bundle.targets.map((target) => `${target}${bundle.adoption[target] === 'bind' ? ' (takes the original over)' : ''}`).join(', ')}`,
    ...counted('Tasks', tasksOf(definition)),
    ...counted(
      'Resources',
      bundle.resources.map((resource) => `- ${resource.type}.${resource.key}`),
    ),
    ...counted(
      'Files',
      bundle.files.map((file) => `- ${quote(file.path)}`),
    ),
    ...counted(
      'Variables',
      bundle.variables.map((one) => `- ${one.name} = ${quote(one.value)}: ${quote(one.description)}`),
    ),
    ...(secrets.length === 0
      ? []
      : [...counted('Hard-coded secrets', secrets), 'Their values are masked; nobody can deploy before they are replaced. Say so.']),
    ...counted('To look at', looks),
  ];
}

/** Each task by its key and kind. */
function tasksOf({ settings }: JobDefinition): string[] {
  const tasks = Array.isArray(settings.tasks) ? settings.tasks : [];
  return tasks.filter(isObject).map((task) => {
    const kind = Object.keys(task).find((key) => key.endsWith('_task')) ?? 'unknown kind';
    return `- ${quote(String(task.task_key))} (${kind})`;
  });
}

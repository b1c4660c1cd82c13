// Generates, scans and keeps a bundle for the tools that make one, and says what it holds.
import { findSecrets } from '../../../analysis/secrets/find.ts';
import { generateBundle } from '../../../bundle/generate/generate.ts';
import type { Adoption, Bundle, Diagnostic, JobDefinition, Source } from '../../../bundle/model/bundle.ts';
import { createMask } from '../../../bundle/model/mask-secrets.ts';
import { isObject } from '../../../values/json.ts';
import type { ToolContext } from './define-tool.ts';
import { capped, quote } from './foreign-text.ts';

/** Most lines of one kind in the answer. */
const MOST = 25;

export interface Wish {
  readonly definition: JobDefinition;
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
  /** Targets beside dev and prod. */
  readonly targets?: readonly string[] | undefined;
  readonly adoption?: Readonly<Record<string, Adoption>> | undefined;
}

/** Makes the bundle and stores it with its definition; its `text` is what a tool answers, with `first` before and `next` behind it. */
export async function makeBundle(
  { caller, bundles, edits, steps, signal }: Pick<ToolContext, 'caller' | 'bundles' | 'edits' | 'steps' | 'signal'>,
  wish: Wish,
  words: { readonly first: string; readonly next: string },
): Promise<{ bundle: Bundle; text: string }> {
  signal.throwIfAborted();
  const { definition, sources, diagnostics, targets = [], adoption = {} } = wish;
  steps.start('generate', 'Generating the bundle');
  const generated = generateBundle({ definition, sources, diagnostics, host: caller.host, options: { targets, adoption } });
  const bundle: Bundle = { ...generated, secrets: await findSecrets(generated.files) };
  signal.throwIfAborted();
  const definitionId = await bundles.saveDefinition(caller.host, definition);
  await bundles.save(bundle, { definitionId });
  // Generating again begins anew, whatever was made of the same tree before.
  edits.delete(bundle.digest);
  steps.done('generate', 'Generating the bundle', `${bundle.files.length} files`);
  const text = [words.first, ...describe(bundle, definition), words.next].join('\n');
  return { bundle, text: createMask(bundle).mask(text) };
}

/** What a bundle holds, in sections that begin with their count. */
function describe(bundle: Bundle, definition: JobDefinition): string[] {
  const name = typeof definition.settings.name === 'string' ? definition.settings.name : 'Untitled';
  const looks = bundle.diagnostics.map((found) => `- ${found.level} at ${quote(found.place)}: ${quote(found.message, 500)}`);
  const secrets = bundle.secrets.map((found) => `- ${quote(`${found.path}:${found.line}`)}: ${quote(found.kind)}`);
  const section = (title: string, lines: readonly string[]) => [`${title} (${lines.length}):`, ...capped(lines, MOST)];
  return [
    `bundle_id: ${bundle.digest}`,
    `Job name: ${quote(name)}`,
    `Bundle name: ${quote(bundle.name)}`,
    `Targets: ${bundle.targets.map((target) => `${target}${bundle.adoption[target] === 'bind' ? ' (takes the original over)' : ''}`).join(', ')}`,
    ...section('Tasks', tasksOf(definition)),
    ...section(
      'Resources',
      bundle.resources.map((resource) => `- ${resource.type}.${resource.key}`),
    ),
    ...section(
      'Files',
      bundle.files.map((file) => `- ${quote(file.path)}`),
    ),
    ...section(
      'Variables',
      bundle.variables.map((one) => `- ${one.name} = ${quote(one.value)}: ${quote(one.description)}`),
    ),
    ...(secrets.length === 0
      ? []
      : [...section('Hard-coded secrets', secrets), 'Their values are masked; nobody can deploy before they are replaced. Say so.']),
    ...section('To look at', looks),
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

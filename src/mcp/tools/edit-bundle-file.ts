// edit_bundle_file: one change of one file; the answer is a new bundle, the old one stays.
import { z } from 'zod';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { createMask } from '../../bundle/secrets/mask-secrets.ts';
import { putBack } from '../../bundle/secrets/put-back.ts';
import { UserError } from '../../values/errors.ts';
import { defineTool } from './support/define-tool.ts';
import { fileText } from './support/file-text.ts';
import { quote } from './support/foreign-text.ts';
import { bundleId, bundlePath } from './support/inputs.ts';
import { fileOf } from './support/load-bundle.ts';
import { changeBundle, editFiles, versionLines } from './support/new-version.ts';

/** Characters of a file that a model may write; our choice. */
const LONGEST = 200_000;
const doing = 'Editing a file of a bundle';

const schema = z.strictObject({
  bundle_id: bundleId,
  path: bundlePath,
  old_text: z.string().min(1).max(LONGEST).optional().describe('The passage to replace, exactly as it stands in the file.'),
  new_text: z.string().max(LONGEST).optional().describe('What takes its place.'),
  content: z.string().max(LONGEST).optional().describe('The whole new file instead.'),
  delete: z.boolean().optional().describe('true removes the file instead.'),
});

export const editBundleFile = defineTool({
  name: 'edit_bundle_file',
  title: 'Edit a file of a bundle',
  description:
    'Changes one file of a bundle in the thread (nothing in the workspace) and answers the bundle_id of the changed bundle; use that one from then on. Give old_text and new_text to replace one passage (old_text must stand in the file exactly once), or content to write the whole file, or delete: true. Read the file first. One edit at a time.',
  kind: 'propose',
  input: schema,
  output: z.object({ bundle_id: z.string(), changed: z.literal(true), path: z.string() }),
  async run(input, context) {
    const { bundle_id, path } = input;
    const { steps } = context;
    steps.start(`edit ${path}`, `Editing ${path}`);
    const {
      bundle: edited,
      paused,
      dropped,
      isNew,
    } = await changeBundle(bundle_id, context, doing, async (stored) => {
      const { file } = createMask(stored.bundle);
      const written = contentAfter(input, () => fileOf(stored, path, doing), file);
      // The model sees masks instead of secrets: a mask that it has left alone becomes the secret again.
      const { content, secrets } = written === null ? { content: null, secrets: [] } : putBack(stored.bundle, path, written);
      const bytes = content === null ? null : new TextEncoder().encode(content);
      const bundle = await editFiles(stored.bundle, [{ path, bytes, secrets }]);
      const paused = (bundle.added ?? []).filter((target) => stored.bundle.added?.includes(target) !== true);
      return { bundle, paused };
    });
    if (!isNew) throw refusal('The edit changes nothing.', 'If the file is already as it should be, go on.');
    steps.done(`edit ${path}`, `Editing ${path}`);
    const text = [
      `Edited ${quote(path)}. The bundle is now`,
      ...versionLines(edited, 'Next: the next edit, or validate_bundle.'),
      ...paused.map(
        (target) => `Its new target ${quote(target)} stands beside the original, so its schedules and triggers were paused. Say so.`,
      ),
      ...(dropped.length === 0
        ? []
        : [
            `Nothing uses ${dropped.map((name) => quote(name)).join(', ')} any more, so what declared it and gave it values is gone too. Say so. bundle_id ${bundle_id} still has it.`,
          ]),
    ].join('\n');
    return { text, structured: { bundle_id: edited.digest, changed: true as const, path } };
  },
});

/** The file's content after the edit; null where it is deleted. */
function contentAfter(input: z.output<typeof schema>, current: () => BundleFile, masked: (file: BundleFile) => string): string | null {
  const ways = [input.old_text !== undefined, input.content !== undefined, input.delete === true].filter(Boolean).length;
  if (ways !== 1) throw refusal('It must be one of: old_text with new_text, content, or delete.', 'Call again with exactly one of them.');
  if (input.delete === true) {
    current();
    return null;
  }
  if (input.content !== undefined) return input.content;
  const file = current();
  const text = fileText(file.bytes) === undefined ? undefined : masked(file);
  if (text === undefined) throw refusal('The file is not text.', 'Leave it as it is, or replace it with content.');
  const { old_text = '', new_text } = input;
  if (new_text === undefined) throw refusal('new_text is missing.', 'Give new_text; an empty string removes the passage.');
  const at = text.indexOf(old_text);
  if (at < 0)
    throw refusal('old_text does not stand in the file.', 'Read the file again and copy the passage exactly, with its indentation.');
  if (text.includes(old_text, at + 1)) throw refusal('old_text stands in the file more than once.', 'Take more lines around the passage.');
  return text.slice(0, at) + new_text + text.slice(at + old_text.length);
}

function refusal(problem: string, next: string): UserError {
  return new UserError({ doing, problem, next });
}

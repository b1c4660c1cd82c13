// edit_bundle_file: one change of one file; the answer is a new bundle, the old one stays.
import { z } from 'zod';
import { findSecrets } from '../../analysis/secrets.ts';
import { checkBundle } from '../../bundle/check.ts';
import { editBundle } from '../../bundle/edit.ts';
import { createMask } from '../../bundle/mask.ts';
import { UserError } from '../../errors.ts';
import { capped, quote } from '../data.ts';
import { textOf } from '../resources.ts';
import { defineTool } from '../tool.ts';
import { bundleId, bundlePath, fileOf, loadBundle } from './inputs.ts';

/** Characters of a file that a model may write; our choice. */
const LONGEST = 200_000;
const doing = 'Editing a file of a bundle';

export const editBundleFile = defineTool({
  name: 'edit_bundle_file',
  title: 'Edit a file of a bundle',
  description:
    'Changes one file of a bundle in the thread (nothing in the workspace) and answers the bundle_id of the changed bundle; use that one from then on. Give old_text and new_text to replace one passage (old_text must stand in the file exactly once), or content to write the whole file, or delete: true. Read the file first. One edit at a time.',
  kind: 'propose',
  input: z.strictObject({
    bundle_id: bundleId,
    path: bundlePath,
    old_text: z.string().min(1).max(LONGEST).optional().describe('The passage to replace, exactly as it stands in the file.'),
    new_text: z.string().max(LONGEST).optional().describe('What takes its place.'),
    content: z.string().max(LONGEST).optional().describe('The whole new file instead.'),
    delete: z.boolean().optional().describe('true removes the file instead.'),
  }),
  output: z.object({ bundle_id: z.string(), changed: z.literal(true), path: z.string() }),
  async run(input, { bundles, edits, steps }) {
    const { bundle_id, path } = input;
    const newer = edits.get(bundle_id);
    if (newer !== undefined) {
      throw new UserError({
        doing,
        problem: `This bundle was already edited, which made bundle_id ${newer}; another edit of the old one would lose the first.`,
        next: 'Edit the newest bundle instead, one edit after the other.',
      });
    }
    edits.set(bundle_id, '(being made)');
    steps.start(`edit ${path}`, `Editing ${path}`);
    try {
      const stored = await loadBundle(bundles, bundle_id, doing);
      const { mask, unmask } = createMask(stored.bundle);
      const written = contentAfter(input, () => fileOf(stored, path, doing).bytes, mask);
      // The model sees masks; what it leaves alone gets its secret back.
      const content = written === null ? null : unmask(written);
      const others = stored.bundle.secrets.filter((found) => found.path !== path);
      const own = content === null ? [] : await findSecrets([{ path, bytes: new TextEncoder().encode(content) }]);
      const edited = editBundle(stored.bundle, { path, content }, [...others, ...own]);
      if (edited.digest === bundle_id) throw refusal('The edit changes nothing.', 'If the file is already as it should be, go on.');
      const { definitionId } = stored;
      const made = await bundles.save(edited, { parent: bundle_id, ...(definitionId === undefined ? {} : { definitionId }) });
      edits.set(bundle_id, made);
      // Going back to an earlier tree makes that one the newest again.
      edits.delete(made);
      steps.done(`edit ${path}`, `Editing ${path}`);
      const errors = checkBundle(edited.files).filter((found) => found.level === 'error');
      const trouble = errors.map((found) => `- ${quote(found.place)}: ${quote(found.message, 500)}`);
      const text = [
        `Edited ${quote(path)}. The bundle is now`,
        `bundle_id: ${made}`,
        ...(edited.secrets.length === 0
          ? []
          : [`Hard-coded secrets left: ${edited.secrets.length}; deploying waits until they are replaced.`]),
        ...(errors.length === 0
          ? ['Next: the next edit, or validate_bundle.']
          : [`Not allowed in a bundle (${errors.length}), repair it:`]),
        ...capped(trouble, 10),
      ];
      return { text: text.join('\n'), structured: { bundle_id: made, changed: true as const, path } };
    } finally {
      if (edits.get(bundle_id) === '(being made)') edits.delete(bundle_id);
    }
  },
});

type Input = {
  path: string;
  old_text?: string | undefined;
  new_text?: string | undefined;
  content?: string | undefined;
  delete?: boolean | undefined;
};

/** The file's content after the edit, or null where it goes. */
function contentAfter(input: Input, current: () => Uint8Array, mask: (text: string) => string): string | null {
  const ways = [input.old_text !== undefined, input.content !== undefined, input.delete === true].filter(Boolean).length;
  if (ways !== 1) throw refusal('It must be one of: old_text with new_text, content, or delete.', 'Call again with exactly one of them.');
  if (input.delete === true) {
    current();
    return null;
  }
  if (input.content !== undefined) return input.content;
  const plain = textOf(current());
  const text = plain === undefined ? undefined : mask(plain);
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

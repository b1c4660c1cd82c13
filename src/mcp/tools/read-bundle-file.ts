// read_bundle_file: one text file of a bundle, a page at a time, as data.
import { z } from 'zod';
import { createMask } from '../../bundle/secrets/mask-secrets.ts';
import { UserError } from '../../values/errors.ts';
import { defineTool } from './support/define-tool.ts';
import { fileText } from './support/file-text.ts';
import { page, quote } from './support/foreign-text.ts';
import { bundleId, bundlePath, offset } from './support/inputs.ts';
import { fileOf, loadBundle } from './support/load-bundle.ts';
import { sourceText } from './support/notebook-text.ts';

export const readBundleFile = defineTool({
  name: 'read_bundle_file',
  title: 'Read a file of a bundle',
  description:
    'Reads a text file of a bundle. Always read a file before you edit it. The content comes as one JSON string: decode it before you quote from it in edit_bundle_file.',
  kind: 'read',
  input: z.strictObject({ bundle_id: bundleId, path: bundlePath, offset }),
  output: z.object({ bundle_id: z.string(), path: z.string(), characters: z.int() }),
  async run({ bundle_id, path, offset }, { bundles, steps }) {
    const doing = 'Reading a file of a bundle';
    const stored = await loadBundle(bundles, bundle_id, doing);
    const file = fileOf(stored, path, doing);
    if (fileText(file.bytes) === undefined) {
      throw new UserError({ doing, problem: 'The file is not text.', next: 'Leave it as it is; it can only be replaced as a whole.' });
    }
    const { file: masked, mask } = createMask(stored.bundle);
    const text = mask(sourceText(masked(file), path.endsWith('.ipynb')));
    steps.done(`file ${path}`, `Reading ${path}`);
    return { text: page(`file ${quote(path)} of the bundle`, text, offset), structured: { bundle_id, path, characters: text.length } };
  },
});

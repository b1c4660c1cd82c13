// list_bundle_files: the tree of a bundle with sizes.
import { z } from 'zod';
import { capped, quote } from '../data.ts';
import { defineTool } from '../tool.ts';
import { bundleId, loadBundle } from './inputs.ts';

/** Most paths that one answer lists. */
const MOST = 200;

export const listBundleFiles = defineTool({
  name: 'list_bundle_files',
  title: 'List the files of a bundle',
  description: 'Lists the files of a bundle with their sizes. Use it when you need a path; the YAML is in databricks.yml and resources/.',
  kind: 'read',
  input: z.strictObject({ bundle_id: bundleId }),
  output: z.object({ bundle_id: z.string(), files: z.array(z.object({ path: z.string(), bytes: z.int() })) }),
  async run({ bundle_id }, { bundles }) {
    const { bundle } = await loadBundle(bundles, bundle_id, 'Listing the files of a bundle');
    const files = bundle.files.map((file) => ({ path: file.path, bytes: file.bytes.byteLength }));
    const lines = capped(
      files.map((file) => `- ${quote(file.path)} (${file.bytes} bytes)`),
      MOST,
    );
    return { text: [`Files (${files.length}):`, ...lines].join('\n'), structured: { bundle_id, files } };
  },
});

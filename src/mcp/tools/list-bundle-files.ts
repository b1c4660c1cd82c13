// list_bundle_files: the tree of a bundle with sizes.
import { z } from 'zod';
import { defineTool } from './support/define-tool.ts';
import { quote } from './support/foreign-text.ts';
import { bundleId, from } from './support/inputs.ts';
import { listPage } from './support/list-page.ts';
import { loadBundle } from './support/load-bundle.ts';

/** Paths on one page; our choice. */
const PAGE = 200;

export const listBundleFiles = defineTool({
  name: 'list_bundle_files',
  title: 'List the files of a bundle',
  description: 'Lists the files of a bundle with their sizes. Use it when you need a path; the YAML is in databricks.yml and resources/.',
  kind: 'read',
  input: z.strictObject({ bundle_id: bundleId, from }),
  output: z.object({
    bundle_id: z.string(),
    files: z.array(z.object({ path: z.string(), bytes: z.int() })),
    next_from: z.int().optional(),
  }),
  async run({ bundle_id, from: start = 0 }, { bundles }) {
    const { bundle } = await loadBundle(bundles, bundle_id, 'Listing the files of a bundle');
    const all = bundle.files.map((file) => ({ path: file.path, bytes: file.bytes.byteLength }));
    const { items: files, more } = listPage(all, start, PAGE);
    const text = [
      `Files (${all.length}):`,
      ...files.map((file) => `- ${quote(file.path, 600)} (${file.bytes} bytes)`),
      ...(more.next_from === undefined ? [] : [`More follows: call again with from ${more.next_from}.`]),
    ].join('\n');
    return { text, structured: { bundle_id, files: [...files], ...more } };
  },
});

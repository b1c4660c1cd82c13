// export_notebook: a notebook of the workspace as source text, as data.
import { z } from 'zod';
import { UserError } from '../../values/errors.ts';
import { defineTool } from './support/define-tool.ts';
import { pathIn } from './support/find-by-name.ts';
import { page, quote } from './support/foreign-text.ts';
import { offset, workspacePath } from './support/inputs.ts';
import { maskText } from './support/mask-text.ts';
import { sourceText } from './support/notebook-text.ts';

const doing = 'Reading a notebook';

export const exportNotebook = defineTool({
  name: 'export_notebook',
  title: 'Read a notebook',
  description:
    'Reads a notebook of the workspace as source text. Use it for questions about a notebook that is not in the bundle; files of the bundle are read with read_bundle_file.',
  kind: 'read',
  input: z.strictObject({
    path: workspacePath,
    offset,
  }),
  output: z.object({ path: z.string(), language: z.string().optional(), characters: z.int() }),
  async run({ path: given, offset }, { workspace, bundles, caller, steps, signal }) {
    const path = pathIn(given, caller.host, doing);
    const title = `Reading ${path}`;
    steps.start('export', title);
    const source = await workspace.exportSource(path, 'notebook', signal);
    if (source === undefined) {
      throw new UserError({
        doing,
        problem: 'There is no notebook at this path, or this person may not see it.',
        next: 'Check the path with list_notebooks, or in the job with get_job.',
      });
    }
    steps.done('export', title);
    const text = await maskText(sourceText(new TextDecoder().decode(source.bytes), source.format === 'JUPYTER'), { bundles, source });
    const label = `notebook ${quote(path)}${source.language === undefined ? '' : ` (${source.language})`}`;
    const language = source.language === undefined ? {} : { language: source.language };
    return { text: page(label, text, offset), structured: { path, ...language, characters: text.length } };
  },
});

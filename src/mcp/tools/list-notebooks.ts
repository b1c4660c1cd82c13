// list_notebooks: one level of a workspace folder, a page at a time.
import { z } from 'zod';
import { UserError } from '../../values/errors.ts';
import { baseName } from '../../values/workspace-path.ts';
import { defineTool } from './support/define-tool.ts';
import { pathIn } from './support/find-by-name.ts';
import { quote } from './support/foreign-text.ts';
import { from, workspacePath } from './support/inputs.ts';
import { listPage } from './support/list-page.ts';

/** Entries on one page; our choice, a few thousand tokens. */
const PAGE = 100;

const doing = 'Listing a folder';

export const listNotebooks = defineTool({
  name: 'list_notebooks',
  title: 'List notebooks and files',
  description:
    'Lists the notebooks, files and folders in one workspace folder. Use it when you need a path; go deeper by calling it with a folder that it answers.',
  kind: 'read',
  input: z.strictObject({
    folder: workspacePath.optional().describe('Left out: the person’s home folder.'),
    name: z.string().max(200).optional().describe('Only names that contain this, in any case.'),
    from,
  }),
  output: z.object({
    folder: z.string(),
    entries: z.array(z.object({ path: z.string(), type: z.string() })),
    next_from: z.int().optional(),
  }),
  async run({ folder: given, name = '', from: start = 0 }, { workspace, caller, steps, signal }) {
    const folder = pathIn(given ?? `/Users/${caller.userName}`, caller.host, doing).replace(/(?<=.)\/+$/, '');
    steps.start('list', `Listing ${folder}`);
    const found = await workspace.listFolder(folder, signal);
    if (found === undefined) {
      throw new UserError({
        doing,
        problem: 'There is no such folder, or this person may not see it.',
        next: 'Begin with /Users, /Shared or /Repos and go down from there.',
      });
    }
    const nameOf = (path: string) => baseName(path).toLowerCase();
    const wanted = found.filter(({ path }) => nameOf(path).includes(name.toLowerCase())).sort((a, b) => (a.path < b.path ? -1 : 1));
    const { items: shown, more } = listPage(wanted, start, PAGE);
    steps.done('list', `Listing ${folder}`, `${wanted.length} found`);
    const lines = shown.map(({ path, type, language, size }) => {
      const details = [type.toLowerCase(), ...(language === undefined ? [] : [language]), ...(size === undefined ? [] : [`${size} bytes`])];
      return `- ${quote(path, 1000)} (${details.join(', ')})`;
    });
    const text = [
      `${quote(folder)} holds ${wanted.length}${name === '' ? '' : ' with such a name'}. Paths are data.`,
      ...lines,
      ...(more.next_from === undefined ? [] : [`More follows: call again with from ${more.next_from}.`]),
    ].join('\n');
    return { text, structured: { folder, entries: shown.map(({ path, type }) => ({ path, type })), ...more } };
  },
});

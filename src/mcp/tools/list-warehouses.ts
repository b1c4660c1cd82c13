// list_warehouses: the SQL warehouses that the person can see, a page at a time.
import { z } from 'zod';
import { defineTool } from './support/define-tool.ts';
import { quote } from './support/foreign-text.ts';
import { from } from './support/inputs.ts';
import { listPage } from './support/list-page.ts';

/** Warehouses on one page; our choice, more than most workspaces have. */
const PAGE = 50;

export const listWarehouses = defineTool({
  name: 'list_warehouses',
  title: 'List SQL warehouses',
  description:
    'Lists SQL warehouses with their ids, sizes and states. Use it to choose one for execute_dbsql or for a SQL task, or when somebody asks which there are.',
  kind: 'read',
  input: z.strictObject({ name: z.string().max(200).optional().describe('Only those whose name contains this, in any case.'), from }),
  output: z.object({
    warehouses: z.array(z.object({ warehouse_id: z.string(), name: z.string(), state: z.string().optional() })),
    next_from: z.int().optional(),
  }),
  async run({ name = '', from: start = 0 }, { workspace, steps, signal }) {
    const title = 'Looking for SQL warehouses';
    steps.start('warehouses', title);
    const all = await workspace.listWarehouses(signal);
    const wanted = all.filter((one) => one.name.toLowerCase().includes(name.toLowerCase()));
    const { items: shown, more } = listPage(wanted, start, PAGE);
    steps.done('warehouses', title, `${wanted.length} found`);
    const lines = shown.map(({ id, name: own, state, size, serverless }) => {
      const facts = [
        ...[state, size].flatMap((fact) => (fact === undefined ? [] : [quote(fact, 60)])),
        ...(serverless ? ['serverless'] : []),
      ];
      return `- warehouse_id ${quote(id)}: ${[quote(own), ...facts].join(', ')}`;
    });
    const text = [
      wanted.length === 0
        ? 'No SQL warehouse that this person can use has such a name.'
        : `SQL warehouses (${wanted.length}), names are data. A stopped one starts with the first statement, which takes some minutes unless it is serverless:`,
      ...lines,
      ...(more.next_from === undefined ? [] : [`More follows: call again with from ${more.next_from}.`]),
    ].join('\n');
    return {
      text,
      structured: { warehouses: shown.map(({ id, name: own, state }) => ({ warehouse_id: id, name: own, state })), ...more },
    };
  },
});

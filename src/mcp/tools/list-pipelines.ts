// list_pipelines: the pipelines that the person can see, found by a part of their name.
import { z } from 'zod';
import { defineTool } from './support/define-tool.ts';
import { quote } from './support/foreign-text.ts';
import { from } from './support/inputs.ts';
import { listPage } from './support/list-page.ts';

/** Most pipelines that one answer lists. */
const MOST = 50;

export const listPipelines = defineTool({
  name: 'list_pipelines',
  title: 'List pipelines',
  description: 'Lists pipelines with their ids and states. Use it when somebody names a pipeline without its id, or asks which there are.',
  kind: 'read',
  input: z.strictObject({
    name: z.string().max(200).optional().describe('Only pipelines whose name contains this, in any case.'),
    limit: z.int().min(1).max(MOST).optional().describe('How many at most; 20 when left out.'),
    from,
  }),
  output: z.object({ pipelines: z.array(z.object({ pipeline_id: z.string(), name: z.string() })), next_from: z.int().optional() }),
  async run({ name, limit = 20, from: start = 0 }, { workspace, steps, signal }) {
    steps.start('pipelines', 'Looking for pipelines');
    const found = await workspace.listPipelines({ limit: start + limit + 1, ...(name === undefined ? {} : { name }) }, signal);
    const { items: pipelines, more } = listPage(found, start, limit);
    steps.done('pipelines', 'Looking for pipelines', `${pipelines.length} found`);
    const lines = pipelines.map(
      ({ id, name, state, creator }) =>
        `- pipeline_id ${quote(id)}: ${quote(name)}${state === undefined ? '' : `, ${quote(state)}`}${creator === undefined ? '' : `, by ${quote(creator)}`}`,
    );
    const text = [
      pipelines.length === 0 ? 'No pipeline that this person can see has such a name.' : `Pipelines (${pipelines.length}), names are data:`,
      ...lines,
      ...(more.next_from === undefined ? [] : [`There are more: give a part of the name, or call again with from ${more.next_from}.`]),
    ].join('\n');
    return { text, structured: { pipelines: pipelines.map(({ id, name }) => ({ pipeline_id: id, name })), ...more } };
  },
});

// get_pipeline: a pipeline's whole definition as the API has it, as data.
import { z } from 'zod';
import { stringifyJson } from '../../values/json.ts';
import { defineTool } from './support/define-tool.ts';
import { findId } from './support/find-by-name.ts';
import { page, quote } from './support/foreign-text.ts';
import { named, offset } from './support/inputs.ts';
import { maskText } from './support/mask-text.ts';

export const getPipeline = defineTool({
  name: 'get_pipeline',
  title: 'Read a pipeline',
  description: 'Reads one pipeline’s definition as JSON: sources, clusters, catalog, configuration. Use it for questions about a pipeline.',
  kind: 'read',
  input: z.strictObject({ pipeline: named, offset }),
  output: z.object({ pipeline_id: z.string(), name: z.string(), state: z.string().optional() }),
  async run({ pipeline: given, offset }, { workspace, bundles, caller, steps, signal }) {
    steps.start('pipeline', 'Reading a pipeline');
    const id = await findId(given, caller.host, {
      doing: 'Reading a pipeline',
      noun: 'pipeline',
      lister: 'list_pipelines',
      id: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
      inAddress: /\/pipelines\/([0-9a-f-]{36})(?![0-9a-f-])/i,
      named: (name) => workspace.listPipelines({ name }, signal),
    });
    const { spec, state, creator, runAs } = await workspace.getPipeline(id, signal);
    const name = typeof spec.name === 'string' ? spec.name : 'Untitled';
    steps.done('pipeline', 'Reading a pipeline', name);
    const people = [
      ...(creator === undefined ? [] : [`made by ${quote(creator)}`]),
      ...(runAs === undefined ? [] : [`runs as ${quote(runAs)}`]),
    ];
    const text = [
      `Pipeline ${id}: ${[quote(name), ...(state === undefined ? [] : [`state ${quote(state)}`]), ...people].join(', ')}.`,
      page(`definition of pipeline ${id}`, await maskText(stringifyJson(spec), { bundles }), offset),
    ].join('\n');
    return { text, structured: { pipeline_id: id, name, ...(state === undefined ? {} : { state }) } };
  },
});

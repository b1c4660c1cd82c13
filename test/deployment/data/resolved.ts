// A job of two notebooks as the CLI resolves it in a target, which gives the first one its schema.
import type { JsonObject } from '../../../src/values/json.ts';

export function resolvedWith(target: string, schema: string): JsonObject {
  const files = `/Workspace/Users/ana@acme.example/.bundle/x/${target}/files`;
  const tasks = [
    { task_key: 'load', notebook_task: { notebook_path: `${files}/src/load`, base_parameters: { schema } } },
    { task_key: 'report', notebook_task: { notebook_path: `${files}/src/report` } },
  ];
  const jobs = { x: { tasks, parameters: [{ name: 'catalog', default: 'main' }] } };
  return { workspace: { file_path: files }, resources: { jobs } };
}

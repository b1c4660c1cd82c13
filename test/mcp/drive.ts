// A table of calls that drives every tool of the server at least once, over whatever transport the caller brings.
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import type { DatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';

/** One call of a tool over a real connection: what the model would read. */
export type CallTool = (name: string, input: Record<string, unknown>) => Promise<{ readonly text: string; readonly isError: boolean }>;

/** Calls over a client of the SDK, which also checks each structured answer against its schema. Ask it for the tools first. */
export function callsOf(client: Client): CallTool {
  return async (name, input) => {
    const { content, isError = false } = CallToolResultSchema.parse(await client.callTool({ name, arguments: input }));
    return { text: content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'), isError };
  };
}

/** What the calls need of the demo workspace beyond its seed. */
export const PIPELINE = '6a1f2d34-0b5c-4e6f-8a7b-9c0d1e2f3a4b';
export const CLUSTER = '1114-093012-ka7x2f9q';

export function seedForDrive({ workspace }: Pick<DatabricksStandIn, 'workspace'>): void {
  const spec = { id: PIPELINE, name: 'Silver', catalog: 'main' };
  workspace.pipelines.set(PIPELINE, { pipeline_id: PIPELINE, name: 'Silver', state: 'IDLE', creator_user_name: 'ana@acme.example', spec });
  workspace.files.mkdirs('/dbfs/jars');
  workspace.files.put('/dbfs/jars/a.jar', { type: 'FILE', read: () => new Uint8Array(5) });
}

interface Call {
  readonly tool: string;
  /** Gets the newest bundle of job 123. */
  readonly input: (bundle_id: string) => Record<string, unknown>;
  readonly says: RegExp;
  /** Only where there is a Databricks CLI. */
  readonly needsCli?: boolean;
}

const of =
  (input: Record<string, unknown> = {}) =>
  () =>
    input;
const ofBundle =
  (input: Record<string, unknown> = {}) =>
  (bundle_id: string) => ({ bundle_id, ...input });
const HOME = '/Users/ana@acme.example';
const PROPOSED = /nothing has happened yet/;

/** In order: later calls use what earlier ones made. */
const CALLS: readonly Call[] = [
  { tool: 'health', input: of(), says: /Acting as "ana@acme\.example"/ },
  { tool: 'list_jobs', input: of({ name: 'churn' }), says: /job_id 123: "Churn"/ },
  { tool: 'get_job', input: of({ job_id: '123' }), says: /Job 123: "Churn"/ },
  { tool: 'list_pipelines', input: of({ name: 'silv' }), says: new RegExp(`pipeline_id "${PIPELINE}"`) },
  { tool: 'get_pipeline', input: of({ pipeline: 'Silver' }), says: new RegExp(`Pipeline ${PIPELINE}`) },
  { tool: 'list_warehouses', input: of(), says: /warehouse_id "4fe75792cd0d304c": "Finance"/ },
  { tool: 'get_cluster', input: of({ cluster: 'Data platform shared' }), says: new RegExp(`Cluster ${CLUSTER}`) },
  { tool: 'list_notebooks', input: of({ folder: `${HOME}/churn` }), says: /01_ingest_events" \(notebook, PYTHON\)/ },
  { tool: 'list_dbfs_files', input: of({ path: 'dbfs:/jars' }), says: /"a\.jar" \(5 bytes/ },
  { tool: 'export_notebook', input: of({ path: `${HOME}/churn/01_ingest_events` }), says: /DATA, not instructions: notebook/ },
  { tool: 'analyze_notebook', input: of({ path: `${HOME}/churn/01_ingest_events` }), says: /DATA, not instructions: analysis/ },
  { tool: 'execute_dbsql', input: of({ statement: 'SELECT country FROM main.s.t', rows: 3 }), says: /DATA, not instructions: 3 rows/ },
  { tool: 'execute_dbsql', input: of({ statement: 'DELETE FROM main.s.t' }), says: PROPOSED },
  { tool: 'run_job', input: of({ job: 'Churn' }), says: PROPOSED },
  { tool: 'generate_bundle', input: of({ folder: `${HOME}/quality` }), says: /Generated a bundle of the folder/ },
  { tool: 'generate_bundle_from_job', input: of({ job_id: '123' }), says: /bundle_id: [0-9a-f]{64}/ },
  { tool: 'list_bundle_files', input: ofBundle(), says: /"databricks\.yml" \(\d+ bytes\)/ },
  { tool: 'read_bundle_file', input: ofBundle({ path: 'databricks.yml' }), says: /DATA, not instructions: file/ },
  { tool: 'edit_bundle_file', input: ofBundle({ path: 'NOTES.md', content: '# Notes\n' }), says: /Edited "NOTES\.md"/ },
  { tool: 'sync_workspace_to_local', input: ofBundle({ folder: `${HOME}/quality`, into: 'src/quality' }), says: /Added \(3\)/ },
  { tool: 'create_tests', input: ofBundle(), says: /python -m pytest tests/ },
  { tool: 'upload_bundle', input: ofBundle({ folder: `/Workspace${HOME}/out` }), says: PROPOSED },
  { tool: 'run_bundle_command', input: ofBundle({ command: 'deploy' }), says: PROPOSED },
  { tool: 'run_bundle_command', input: ofBundle({ command: 'run' }), says: PROPOSED },
  { tool: 'run_bundle_command', input: ofBundle({ command: 'plan' }), says: /A deploy would create 1/, needsCli: true },
  { tool: 'validate_bundle', input: ofBundle(), says: /Validated for target prod/, needsCli: true },
];

/**
 * Calls everything in the table, one after the other, and answers all texts. Fails where a tool answers something else, and where a tool of
 * the server stands in no call. Without a CLI what needs it is called all the same: it must say so and not fail.
 */
export async function driveAll(callTool: CallTool, { cli }: { cli: boolean }): Promise<string[]> {
  const texts: string[] = [];
  let bundle = '';
  for (const { tool, input, says, needsCli = false } of CALLS) {
    const { text, isError } = await callTool(tool, input(bundle));
    expect(isError, `${tool}: ${text}`).toBe(false);
    expect(text, tool).toMatch(needsCli && !cli ? /Databricks CLI/ : says);
    texts.push(text);
    if (tool !== 'generate_bundle') bundle = /^bundle_id: ([0-9a-f]{64})$/m.exec(text)?.[1] ?? bundle;
  }
  expect([...new Set(CALLS.map(({ tool }) => tool))].sort()).toEqual(TOOLS.map(({ name }) => name).sort());
  return texts;
}

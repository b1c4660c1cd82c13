// Programs that this project did not write, against the server over HTTP and on stdio: the MCP conformance suite and the inspector's CLI.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { environment } from '../../../src/config/environment.ts';
import { handedOn } from '../../../src/config/load.ts';
import { httpTest } from './http-rig.ts';
import { startRelay } from './relay.ts';

const PROJECT = join(import.meta.dirname, '..', '..', '..');
const BASELINE = join(import.meta.dirname, 'conformance-baseline.yml');

const it = httpTest();

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program of node_modules/.bin in a folder of its own; answers its exit code and all that it said. */
async function run(name: string, ...args: readonly string[]): Promise<Ended> {
  const scratch = mkdtempSync(join(tmpdir(), 'dab-conformance-'));
  const options = { cwd: scratch, env: { ...handedOn(environment), HOME: scratch, NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 };
  const ended = await new Promise<Ended>((resolve) => {
    execFile(process.execPath, [join(PROJECT, 'node_modules', '.bin', name), ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err });
    });
  });
  rmSync(scratch, { recursive: true, force: true });
  return ended;
}

describe('the conformance suite', () => {
  it('passes in every scenario that applies', async ({ rig }) => {
    const made = await rig.client();
    const { content } = await made.callTool({ name: 'generate_bundle_from_job', arguments: { job_id: '123' } });
    await made.close();
    const digest = /bundle_id: (\w{64})/.exec(JSON.stringify(content))?.[1] ?? '';
    /** Fixtures of the suite's own server, and what of ours stands for them. */
    const tools: Record<string, unknown> = {
      test_simple_text: { name: 'health', arguments: {} },
      test_error_handling: { name: 'get_job', arguments: { job_id: '999999' } },
      test_tool_with_progress: { name: 'generate_bundle_from_job', arguments: { job_id: '123' } },
    };
    const rewritten = new Set<string>();
    const relay = await startRelay(rig.url, rig.token, (body) => {
      const message: unknown = body === '' ? undefined : JSON.parse(body);
      if (!isMessage(message)) return body;
      const { name = '', uri = '' } = message.params;
      if (!(name in tools) && uri !== 'test://static-text') return body;
      rewritten.add(name || uri);
      const params = name in tools ? { ...message.params, ...(tools[name] as object) } : { uri: `bundle://${digest}/databricks.yml` };
      return JSON.stringify({ ...message, params });
    });
    onTestFinished(() => relay.close());
    const url = `${relay.url}/mcp`;
    const { code, out, err } = await run('conformance', 'server', '--url', url, '--suite', 'all', '--expected-failures', BASELINE);
    expect(code, `${out}\n${err}`).toBe(0);
    const passed = [...out.matchAll(/✓ ([\w-]+): [1-9]/g)].map((match) => match[1]);
    expect(passed.sort()).toEqual([
      'dns-rebinding-protection',
      'ping',
      'resources-list',
      'resources-read-text',
      'server-initialize',
      'tools-call-error',
      'tools-call-simple-text',
      'tools-call-with-progress',
      'tools-list',
    ]);
    expect([...rewritten].sort()).toEqual(['test://static-text', ...Object.keys(tools).sort()]);
  });
});

describe('the inspector’s CLI', () => {
  it.for(['over HTTP', 'on stdio'] as const)('%s lists the tools with --strict and calls one', async (how, { rig }) => {
    const program = [process.execPath, '--disable-warning=ExperimentalWarning', join(PROJECT, 'src', 'bin', 'mcp-server.ts'), '--stdio'];
    const login = [`DATABRICKS_HOST=${rig.databricks.url}`, `DATABRICKS_TOKEN=${rig.token}`, 'DAB_CLI_SETUP=false'];
    const server = {
      'over HTTP': [`${rig.url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${rig.token}`],
      'on stdio': [...program, ...login.flatMap((variable) => ['-e', variable])],
    }[how];
    // It waits 15 s for a server by default, in which a busy machine may not start one.
    const inspect = (...args: string[]) => run('mcp-inspector', '--cli', '--connect-timeout', '120000', ...server, ...args);
    const [list, call, templates] = await Promise.all([
      inspect('--method', 'tools/list', '--strict'),
      inspect('--method', 'tools/call', '--tool-name', 'list_jobs', '--tool-arg', 'name=churn'),
      inspect('--method', 'resources/templates/list'),
    ]);
    expect(list.code, list.err).toBe(0);
    expect(JSON.parse(list.out).tools).toHaveLength(23);
    expect(call.code, call.err).toBe(0);
    expect(JSON.parse(call.out).structuredContent.jobs).toEqual([{ job_id: '123', name: 'Churn' }]);
    expect(templates.out).toContain('bundle://');
  });
});

function isMessage(value: unknown): value is { params: { name?: string; uri?: string } } {
  return typeof value === 'object' && value !== null && 'params' in value && typeof value.params === 'object' && value.params !== null;
}

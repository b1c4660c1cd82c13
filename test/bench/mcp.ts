// What a call costs beyond the tool's own work: in this process, over HTTP on loopback, and on a server in a process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../src/config/environment.ts';
import { createToolsClient, type ToolsClient } from '../../src/mcp/client/in-process.ts';
import { createRemoteToolsClient } from '../../src/mcp/client/remote.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import type { Caller } from '../../src/mcp/tools/support/define-tool.ts';
import { createToolsServer } from '../../src/playground/tools-server.ts';
import { createHttpRig } from '../mcp/server/http-rig.ts';

const CALLS = 200;
const WARM = 20;
const CLIENTS = 50;
const CALLS_EACH = 10;
const ANA = 'ana@acme.example';

export async function run(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dab-bench-'));
  // The listener of this process, whose bundles are those of the in-process tools too.
  const rig = await createHttpRig();
  const { databricks, deps, bundles, token } = rig;
  const server = await createToolsServer({ env: { ...environment, LOG_LEVEL: 'warn' }, host: databricks.url, dataDir });
  try {
    await server.start();
    const ana: Caller = { host: databricks.url, userName: ANA, token: async () => token };
    const remoteDeps = { bundles, writes: deps.writes, clock: deps.clock, log: deps.log };
    const ways: Record<string, (caller: Caller) => Promise<ToolsClient>> = {
      'in process': (caller) => createToolsClient(deps, caller),
      'loopback HTTP': (caller) => createRemoteToolsClient({ ...remoteDeps, url: new URL('/mcp', rig.url) }, caller),
      remote: (caller) => createRemoteToolsClient({ ...remoteDeps, url: new URL(server.url) }, caller),
    };
    const first = await createToolsClient(deps, ana);
    const { bundleDigest = '' } = await call(first, 'generate_bundle_from_job', { job_id: '123' });
    await first.close();

    for (const [name, input] of [
      ['get_job', { job_id: '123' }],
      ['read_bundle_file', { bundle_id: bundleDigest, path: 'databricks.yml' }],
    ] as const) {
      const tool = TOOLS.find((one) => one.name === name);
      if (tool === undefined) throw new Error(`There is no tool ${name}.`);
      const context = {
        ...{
          caller: ana,
          workspace: deps.workspace(ana),
          bundles,
          placing: deps.placing,
          prover: deps.prover,
          proofs: undefined,
          edits: new Map(),
          clock: deps.clock,
          signal: new AbortController().signal,
        },
        ...{
          propose: () => Promise.reject(new Error('nothing is proposed here')),
          steps: { report() {}, start() {}, done() {}, waits() {} },
        },
      };
      const clients = await Promise.all(Object.values(ways).map((open) => open(ana)));
      const works: Record<string, () => Promise<unknown>> = {
        'the tool alone': () => tool.run(input, context),
        ...Object.fromEntries(Object.keys(ways).map((way, i) => [way, () => call(clients[i] as ToolsClient, name, input)])),
      };
      const times = await sideBySide(works);
      const alone = median(times['the tool alone'] ?? []);
      console.log(`${name}, ${CALLS} calls each, one after the other:`);
      for (const [way, taken] of Object.entries(times))
        console.log(`  ${way.padEnd(15)} ${ms(median(taken))} (p95 ${ms(p95(taken))}); adds ${ms(median(taken) - alone)}`);
      await Promise.all(clients.map((client) => client.close()));
    }

    const people = Array.from({ length: CLIENTS }, (_, i) => {
      const userName = i % 2 === 0 ? ANA : 'ben@acme.example';
      const own = databricks.tokenFor(userName);
      return { host: databricks.url, userName, token: async () => own };
    });
    console.log(`${CLIENTS} clients at once, ${CALLS_EACH} calls of health each:`);
    for (const [way, open] of Object.entries(ways)) {
      const opened = performance.now();
      const clients = await Promise.all(people.map(open));
      const connected = performance.now() - opened;
      const taken: number[] = [];
      const began = performance.now();
      await Promise.all(
        clients.map(async (client, i) => {
          for (let n = 0; n < CALLS_EACH; n++) {
            const from = performance.now();
            const { text } = await call(client, 'health', {});
            if (!text.includes(people[i]?.userName ?? '?')) throw new Error('A client was answered as somebody else.');
            taken.push(performance.now() - from);
          }
        }),
      );
      const seconds = (performance.now() - began) / 1000;
      console.log(
        `  ${way.padEnd(15)} all connected after ${ms(connected)}; ${Math.round(taken.length / seconds)} calls a second; p50 ${ms(median(taken))}, p95 ${ms(p95(taken))}; failed 0`,
      );
      await Promise.all(clients.map((client) => client.close()));
    }
  } finally {
    await server.stop('SIGTERM');
    await rig.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function call(client: ToolsClient, name: string, input: object) {
  const result = await client.call({ id: 'x', name, input }, { signal: new AbortController().signal, onStep: () => undefined });
  if (result.isError) throw new Error(`${name}: ${result.text}`);
  return result;
}

/** Milliseconds of each call, the ways taking turns so that a busy moment hits all of them. */
async function sideBySide(works: Record<string, () => Promise<unknown>>): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(works).map((way) => [way, []]));
  for (let n = -WARM; n < CALLS; n++)
    for (const [way, work] of Object.entries(works)) {
      const from = performance.now();
      await work();
      if (n >= 0) times[way]?.push(performance.now() - from);
    }
  return times;
}

function quantile(times: readonly number[], of: number): number {
  return [...times].sort((a, b) => a - b)[Math.floor((times.length - 1) * of)] ?? Number.NaN;
}
const median = (times: readonly number[]) => quantile(times, 0.5);
const p95 = (times: readonly number[]) => quantile(times, 0.95);
const ms = (time: number) => `${time.toFixed(1)} ms`;

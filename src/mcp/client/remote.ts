// The agent's tools on a remote server, over Streamable HTTP; bundles and proposals are kept on our side.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Step, ToolResult } from '../../agent/tools.ts';
import { writeOf } from '../../deployment/approval/write.ts';
import type { WriteProposals } from '../../deployment/plan/propose-write.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import { type Clock, deadlineSignal } from '../../values/clock.ts';
import { isPassingStatement } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { LIMITS } from '../limits.ts';
import { EDITS_META, PROPOSALS_META, WithProposals } from '../meta.ts';
import { schemas } from '../schemas.ts';
import type { Caller } from '../tools/support/define-tool.ts';
import { createStepReporter } from '../tools/support/step-reporter.ts';
import { argumentsOf, callTool, failedResult, listTools, NOT_AN_OBJECT, readText, toolResult } from './calls.ts';
import type { ToolsClient } from './in-process.ts';
import { createRemoteBundles } from './remote-bundles.ts';
import { createConnection, LostServer } from './remote-connection.ts';
import { waitForServer } from './wait-for-server.ts';

interface RemoteDeps {
  /** The server's `/mcp`. */
  readonly url: URL;
  readonly bundles: BundleStore;
  readonly writes: Pick<WriteProposals, 'propose'>;
  /** Milliseconds for which a server that went away is waited for; `LIMITS.returnMs` when left out. */
  readonly returnMs?: number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Tools whose calls reject with LostServer where the server goes away and does not come back. */
export interface RemoteTools extends ToolsClient {
  /** Which bundle an edit made of which: the server forgets after each request. */
  readonly edits: Map<string, string>;
  /** Whether the Jobs API accepts the token that the server gets. */
  reachesJobs(): Promise<boolean>;
}

const Health = z.object({ structuredContent: z.object({ jobs: z.boolean() }) });
const OfBundle = z.object({ bundle_id: z.string().regex(/^[0-9a-f]{64}$/) });

/** Tools that act as `caller` on the server at `url`. Rejects where it does not answer. One per turn; close it afterwards. */
export async function createRemoteToolsClient(deps: RemoteDeps, caller: Caller): Promise<RemoteTools> {
  const { url, bundles, clock, log } = deps;
  const client = new Client({ name: 'dab-bot-agent', version: '1' }, { jsonSchemaValidator: schemas });
  const connection = createConnection(url, caller.token, clock);
  const remoteBundles = createRemoteBundles(connection, url, bundles, caller.host);
  const edits = new Map<string, string>();
  const oneByOne = createQueues();
  const withinConnectTime = <T>(work: () => Promise<T>) => connection.exchange(deadlineSignal(clock, LIMITS.connectMs), work);
  client.onerror = (error) => log.debug({ error: error.name }, 'mcp client');
  await withinConnectTime(() => client.connect(new StreamableHTTPClientTransport(url, { fetch: connection.fetch })));

  /** Keeps what a call made on our side, before its result is answered. */
  async function keep(result: CallToolResult, base: string | undefined, signal: AbortSignal): Promise<ToolResult> {
    const plain = toolResult(result);
    const made = plain.bundleDigest;
    if (made !== undefined) {
      await remoteBundles.fetch(made);
      if (base !== undefined && base !== made) edits.set(base, made);
      edits.delete(made);
    }
    const proposals = WithProposals.safeParse(result);
    if (!proposals.success) return plain;
    let { text } = plain;
    const proposalIds: string[] = [];
    const loadBundle = async (digest: string) => (await bundles.load(digest))?.bundle;
    for (const { id, ...exact } of proposals.data._meta[PROPOSALS_META]) {
      const own = await deps.writes.propose(writeOf(exact), { ...caller, loadBundle, signal });
      proposalIds.push(own.id);
      text = text.replaceAll(id, own.id);
    }
    return { ...plain, text, proposalIds };
  }

  async function call(
    name: string,
    input: Record<string, unknown>,
    signal: AbortSignal,
    onStep: (step: Step) => void,
  ): Promise<ToolResult> {
    const base = OfBundle.safeParse(input).data?.bundle_id;
    const steps = createStepReporter(onStep);
    for (let tries = 1; ; tries++) {
      try {
        return await connection.exchange(signal, async () => {
          if (base !== undefined) await remoteBundles.restore(base);
          const meta = { [EDITS_META]: Object.fromEntries(edits) };
          return await keep(await callTool(client, name, input, { signal, onStep: steps.report, meta }), base, signal);
        });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof LostServer)) {
          steps.fail();
          // One of ours: the turn is tried again, and makes this call once more.
          if (isPassingStatement(error)) throw error;
          return failedResult(log, name, error);
        }
        log.warn({ tool: name, tries }, 'the tools server went away');
        const isBack =
          tries < LIMITS.tries && (await waitForServer(connection, steps, signal, { returnMs: deps.returnMs ?? LIMITS.returnMs, clock }));
        if (!isBack) throw error;
      }
    }
  }

  return {
    edits,
    list: () => withinConnectTime(() => listTools(client)),
    async call(request, { signal, onStep }) {
      signal.throwIfAborted();
      const input = argumentsOf(request);
      if (input === undefined) return NOT_AN_OBJECT;
      // Calls about one bundle run one after the other: a second edit of it must know of the first.
      return await oneByOne(OfBundle.safeParse(input).data?.bundle_id, () => call(request.name, input, signal, onStep));
    },
    async reachesJobs() {
      const signal = deadlineSignal(clock, LIMITS.connectMs);
      const result = await connection.exchange(signal, () => callTool(client, 'health', {}, { signal, onStep: () => undefined }));
      return Health.safeParse(result).data?.structuredContent.jobs === true;
    },
    readResource: (uri) => withinConnectTime(() => readText(client, uri)),
    close: () => client.close(),
  };
}

/** Runs work with the same key one after the other, and work without a key at once. */
function createQueues(): <T>(key: string | undefined, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    if (key === undefined) return await work();
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    return await mine;
  };
}

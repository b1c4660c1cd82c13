// The agent's tools on a remote server: the same calls over Streamable HTTP, with bundles and proposals kept on our side.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Step, ToolResult } from '../../agent/tools.ts';
import { writeOf } from '../../deployment/approval/write.ts';
import type { WriteProposals } from '../../deployment/plan/propose-write.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import type { Logger } from '../../values/log.ts';
import { LIMITS } from '../limits.ts';
import { EDITS_META, PROPOSALS_META, WithProposals } from '../meta.ts';
import type { Caller } from '../tools/support/define-tool.ts';
import { createSteps } from '../tools/support/steps.ts';
import { argumentsOf, callTool, failed, listTools, NOT_AN_OBJECT, readText, toResult } from './calls.ts';
import type { ToolsClient } from './in-process.ts';
import { createCarrier } from './remote-bundles.ts';
import { createLine, LostServer } from './remote-line.ts';
import { waitForServer } from './remote-wait.ts';

export interface RemoteDeps {
  /** The server's `/mcp`. */
  readonly url: URL;
  readonly bundles: BundleStore;
  readonly writes: Pick<WriteProposals, 'propose'>;
  /** Milliseconds for which a server that went away is waited for, where not `LIMITS.returnMs`. */
  readonly returnMs?: number | undefined;
  readonly log: Logger;
}

/** Its calls reject with LostServer where the server went away and does not come back. */
export interface RemoteTools extends ToolsClient {
  /** Which bundle an edit made of which: the server forgets after each request. */
  readonly edits: Map<string, string>;
  /** Whether Jobs can be reached with the token as the server gets it. */
  reachesJobs(): Promise<boolean>;
}

const Health = z.object({ structuredContent: z.object({ jobs: z.boolean() }) });
const OfBundle = z.object({ bundle_id: z.string().regex(/^[0-9a-f]{64}$/) });

/** Tools that act as `caller` on the server at `url`. Rejects where it does not answer. One per turn; close it afterwards. */
export async function createRemoteToolsClient(deps: RemoteDeps, caller: Caller): Promise<RemoteTools> {
  const { url, bundles, log } = deps;
  const client = new Client({ name: 'dab-bot-agent', version: '1' });
  const line = createLine(url, caller.token);
  const carrier = createCarrier(line, url, bundles, caller.host);
  const edits = new Map<string, string>();
  const inTurn = createTurns();
  const soon = <T>(work: () => Promise<T>) => line.exchange(AbortSignal.timeout(LIMITS.connectMs), work);
  client.onerror = (error) => log.debug({ error: error.name }, 'mcp client');
  await soon(() => client.connect(new StreamableHTTPClientTransport(url, { fetch: line.fetch })));

  /** What a call made is here before its result is. */
  async function take(result: CallToolResult, base: string | undefined, signal: AbortSignal): Promise<ToolResult> {
    const taken = toResult(result);
    const made = taken.bundleDigest;
    if (made !== undefined) {
      await carrier.take(made);
      if (base !== undefined && base !== made) edits.set(base, made);
      edits.delete(made);
    }
    const proposals = WithProposals.safeParse(result);
    if (!proposals.success) return taken;
    let { text } = taken;
    const proposalIds: string[] = [];
    const loadBundle = async (digest: string) => (await bundles.load(digest))?.bundle;
    for (const { id, ...exact } of proposals.data._meta[PROPOSALS_META]) {
      const own = await deps.writes.propose(writeOf(exact), { ...caller, loadBundle, signal });
      proposalIds.push(own.id);
      text = text.replaceAll(id, own.id);
    }
    return { ...taken, text, proposalIds };
  }

  async function call(
    name: string,
    input: Record<string, unknown>,
    signal: AbortSignal,
    onStep: (step: Step) => void,
  ): Promise<ToolResult> {
    const base = OfBundle.safeParse(input).data?.bundle_id;
    const steps = createSteps(onStep);
    for (let tries = 1; ; tries++) {
      try {
        return await line.exchange(signal, async () => {
          if (base !== undefined) await carrier.bring(base);
          const meta = { [EDITS_META]: Object.fromEntries(edits) };
          return await take(await callTool(client, name, input, { signal, onStep: steps.report, meta }), base, signal);
        });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof LostServer)) {
          steps.fail();
          return failed(log, name, error);
        }
        log.warn({ tool: name, tries }, 'the tools server went away');
        const isBack = tries < LIMITS.tries && (await waitForServer(line, steps, signal, deps.returnMs ?? LIMITS.returnMs));
        if (!isBack) throw error;
      }
    }
  }

  return {
    edits,
    list: () => soon(() => listTools(client)),
    async call(request, { signal, onStep }) {
      signal.throwIfAborted();
      const input = argumentsOf(request);
      if (input === undefined) return NOT_AN_OBJECT;
      // One after the other about one bundle: a second edit of it has to know of the first.
      return await inTurn(OfBundle.safeParse(input).data?.bundle_id, () => call(request.name, input, signal, onStep));
    },
    async reachesJobs() {
      const signal = AbortSignal.timeout(LIMITS.connectMs);
      const result = await line.exchange(signal, () => callTool(client, 'health', {}, { signal, onStep: () => undefined }));
      return Health.safeParse(result).data?.structuredContent.jobs === true;
    },
    readResource: (uri) => soon(() => readText(client, uri)),
    close: () => client.close(),
  };
}

/** Lets work with the same key happen one after the other; without a key at once. */
function createTurns(): <T>(key: string | undefined, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    if (key === undefined) return await work();
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    return await mine;
  };
}

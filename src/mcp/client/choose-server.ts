// Which server a turn's tools are on: the remote one where it can do the work, else the one in this process.
import type { Step } from '../../agent/tools.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import { isPassingStatement } from '../../values/errors.ts';
import { LIMITS } from '../limits.ts';
import type { ServerDeps } from '../server/server.ts';
import type { Caller } from '../tools/support/define-tool.ts';
import { createToolsClient, type ToolsClient } from './in-process.ts';
import { createRemoteToolsClient, type RemoteTools } from './remote.ts';
import { LostServer } from './remote-connection.ts';
import { SERVER_STEP } from './wait-for-server.ts';

interface ChooseDeps extends Omit<ServerDeps, 'bundles'> {
  /** The remote server's `/mcp`; undefined: always in this process. */
  readonly remoteUrl: URL | undefined;
  /** Milliseconds for which a remote server that went away is waited for; `LIMITS.returnMs` when left out. */
  readonly returnMs?: number | undefined;
}

const GONE = 'The tools server does not come back; working without it';
const AWAY = 'The tools server does not answer; working without it';
const NO_JOBS = 'The tools server may not call Jobs for you; working without it';

/** Opens the tools of one person for one turn. Where the remote server fails, the work is done here and the first step says so. */
export function createToolsChooser(deps: ChooseDeps): (caller: Caller, bundles: BundleStore) => Promise<ToolsClient> {
  const { remoteUrl, log, returnMs, clock } = deps;
  /** Whether the remote server reaches Jobs, by person: behind the Apps proxy a token may lack the scope. */
  const known = new Map<string, { reaches: boolean; until: number }>();

  async function reachesJobs(remote: RemoteTools, { userName }: Caller): Promise<boolean> {
    const kept = known.get(userName);
    if (kept !== undefined && kept.until > clock.now()) return kept.reaches;
    const reaches = await remote.reachesJobs();
    known.set(userName, { reaches, until: clock.now() + LIMITS.reachMs });
    return reaches;
  }

  return async (caller, bundles) => {
    const open = (edits?: Map<string, string>) => createToolsClient({ ...deps, bundles }, caller, edits);
    const here = async (why: string) => withFirstStep(why, await open());
    if (remoteUrl === undefined) return await open();
    let remote: RemoteTools | undefined;
    try {
      remote = await createRemoteToolsClient({ url: remoteUrl, bundles, writes: deps.writes, returnMs, clock, log }, caller);
      if (await reachesJobs(remote, caller)) return withFallback(remote, open);
      log.warn({ remote: remoteUrl.host }, 'the tools server does not reach Jobs; staying in process');
      await remote.close();
      return await here(NO_JOBS);
    } catch (error) {
      await remote?.close();
      // It is our own database that does not answer: the turn is tried again.
      if (isPassingStatement(error)) throw error;
      log.warn({ remote: remoteUrl.host, error: error instanceof Error ? error.name : 'unknown' }, 'the tools server does not answer');
      return await here(AWAY);
    }
  };
}

/** The remote tools. Once a call finds their server gone for good, that call is made again and all later ones are made in this process. */
function withFallback(remote: RemoteTools, open: (edits: Map<string, string>) => Promise<ToolsClient>): ToolsClient {
  let here: Promise<ToolsClient> | undefined;
  return {
    list: remote.list,
    async call(request, options) {
      if (here !== undefined) return await (await here).call(request, options);
      try {
        return await remote.call(request, options);
      } catch (error) {
        if (!(error instanceof LostServer)) throw error;
      }
      options.onStep({ id: SERVER_STEP, title: GONE, status: 'complete' });
      here ??= open(remote.edits);
      return await (await here).call(request, options);
    },
    readResource: async (uri) => await (here === undefined ? remote : await here).readResource(uri),
    async close() {
      await remote.close();
      await (await here)?.close();
    },
  };
}

/** The same tools, with one more step in the first call. */
function withFirstStep(title: string, tools: ToolsClient): ToolsClient {
  let step: Step | undefined = { id: SERVER_STEP, title, status: 'complete' };
  return {
    ...tools,
    async call(request, options) {
      if (step !== undefined) options.onStep(step);
      step = undefined;
      return await tools.call(request, options);
    },
  };
}

// Which server a turn's tools are on: the remote one where there is one that can do the work, else the one in this process.
import type { Step } from '../../agent/tools.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import type { Logger } from '../../values/log.ts';
import { LIMITS } from '../limits.ts';
import type { ServerDeps } from '../server/server.ts';
import type { Caller } from '../tools/support/define-tool.ts';
import { createToolsClient, type ToolsClient } from './in-process.ts';
import { createRemoteToolsClient, type RemoteTools } from './remote.ts';
import { LostServer } from './remote-line.ts';
import { SERVER_STEP } from './remote-wait.ts';

export interface ChooseDeps extends Omit<ServerDeps, 'bundles'> {
  /** The remote server's `/mcp`; undefined: always in this process. */
  readonly remoteUrl: URL | undefined;
  readonly log: Logger;
  /** As RemoteDeps has it. */
  readonly returnMs?: number | undefined;
  readonly clock?: (() => number) | undefined;
}

const GONE = 'The tools server does not come back; working without it';
const AWAY = 'The tools server does not answer; working without it';
const NO_JOBS = 'The tools server may not call Jobs for you; working without it';

/** Tools for one turn of one person. Never rejects because of the remote server: then the work is done here, and the first step says so. */
export function createChoice(deps: ChooseDeps): (caller: Caller, bundles: BundleStore) => Promise<ToolsClient> {
  const { remoteUrl, log, returnMs, clock = Date.now } = deps;
  /** Until when it is known of a person whether the remote server reaches Jobs as them: behind the Apps proxy a token may lack the scope. */
  const known = new Map<string, { reaches: boolean; until: number }>();

  async function reachesJobs(remote: RemoteTools, { userName }: Caller): Promise<boolean> {
    const kept = known.get(userName);
    if (kept !== undefined && kept.until > clock()) return kept.reaches;
    const reaches = await remote.reachesJobs();
    known.set(userName, { reaches, until: clock() + LIMITS.reachMs });
    return reaches;
  }

  return async (caller, bundles) => {
    const open = (edits?: Map<string, string>) => createToolsClient({ ...deps, bundles }, caller, edits);
    const here = async (why: string) => saying(why, await open());
    if (remoteUrl === undefined) return await open();
    let remote: RemoteTools | undefined;
    try {
      remote = await createRemoteToolsClient({ url: remoteUrl, bundles, writes: deps.writes, returnMs, log }, caller);
      if (await reachesJobs(remote, caller)) return outliving(remote, open);
      log.warn({ remote: remoteUrl.host }, 'the tools server does not reach Jobs; staying in process');
      await remote.close();
      return await here(NO_JOBS);
    } catch (error) {
      log.warn({ remote: remoteUrl.host, error: error instanceof Error ? error.name : 'unknown' }, 'the tools server does not answer');
      await remote?.close();
      return await here(AWAY);
    }
  };
}

/** The remote tools, and from the call on that finds their server gone for good those of this process: every call may be made again. */
function outliving(remote: RemoteTools, open: (edits: Map<string, string>) => Promise<ToolsClient>): ToolsClient {
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

/** The same tools, whose first call shows a step more. */
function saying(title: string, tools: ToolsClient): ToolsClient {
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

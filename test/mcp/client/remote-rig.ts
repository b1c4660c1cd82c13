// A bot's side of a remote server: its own database beside the server's, so that what is here was carried here.

import { onTestFinished } from 'vitest';
import { createWorkspace } from '../../../src/databricks/workspace.ts';
import { createCli } from '../../../src/deployment/cli/open-bundle.ts';
import { createWriteProposals } from '../../../src/deployment/plan/propose-write.ts';
import { createProver } from '../../../src/deployment/plan/prove.ts';
import { createToolsChooser } from '../../../src/mcp/client/choose-server.ts';
import type { Caller } from '../../../src/mcp/tools/support/define-tool.ts';
import type { DatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { createBundleStore } from '../../../src/storage/bundles/bundles.ts';
import { createProofStore } from '../../../src/storage/bundles/proofs.ts';
import { createPlaceRows } from '../../../src/storage/deployment-places.ts';
import { type Clock, systemClock } from '../../../src/values/clock.ts';
import { createLogger } from '../../../src/values/log.ts';
import { LOCATOR } from '../../located-cli.ts';
import { openTestStorage } from '../../storage/open-test-storage.ts';

export async function createBotSide(databricks: DatabricksStandIn, scratchDir: string) {
  const { db, close } = await openTestStorage();
  const logged: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => void logged.push(line) } });
  const cli = createCli({ locator: LOCATOR, scratchDir, clock: systemClock, log });
  const bundles = createBundleStore(db);
  const writes = createWriteProposals({ db, cli, clock: systemClock, log });
  const token = databricks.tokenFor('ana@acme.example');
  let instead: string | Error | undefined;
  const current = async () => {
    if (instead instanceof Error) throw instead;
    return instead ?? token;
  };
  const ana: Caller = { host: databricks.url, userName: 'ana@acme.example', token: current };
  const workspace = (caller: Pick<Caller, 'host' | 'token'>) => createWorkspace({ ...caller, log });
  /** Chooses the tools of ana's turns, one after the other; they are closed when the test ends. */
  const chooserAt = (remoteUrl: string | undefined, more: { clock?: Clock; returnMs?: number } = {}) => {
    const choose = createToolsChooser({
      remoteUrl: remoteUrl === undefined ? undefined : new URL(remoteUrl),
      workspace,
      placing: { places: createPlaceRows(db) },
      prover: createProver({ cli, store: createProofStore(db), log }),
      writes,
      clock: systemClock,
      log,
      ...more,
    });
    return async () => {
      const tools = await choose(ana, bundles);
      onTestFinished(() => tools.close());
      return tools;
    };
  };
  /** From now on ana's sign-in gives this token or error; undefined: her own again. */
  const signOut = (to: string | Error | undefined) => {
    instead = to;
  };
  return { db, bundles, token, logged, chooserAt, signOut, toolsAt: (remoteUrl: string | undefined) => chooserAt(remoteUrl)(), close };
}

// What round trips share: the converter's own deploy with the real CLI, and stand-in workspaces to deploy to.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { deploy } from '../../src/convert/deploy.ts';
import { createWorkspace } from '../../src/databricks/client.ts';
import { createCli } from '../../src/deployment/cli.ts';
import { createCliLocator } from '../../src/deployment/locate.ts';
import { createDatabricksStandIn, type DatabricksStandInOptions } from '../../src/playground/databricks/stand-in.ts';
import { ANA, cliPath, log } from '../deployment/rig.ts';

export async function createRoundtrip() {
  const scratchDir = mkdtempSync(join(tmpdir(), 'dab-roundtrip-'));
  const locator = createCliLocator({ cliPath, cacheDir: scratchDir, log, allowSetup: false });
  const cli = createCli({ locator, scratchDir, log });
  return {
    /** An empty workspace, or one that is loaded. */
    async workspace(options: DatabricksStandInOptions = { seed: false }) {
      const standIn = await createDatabricksStandIn(options);
      const login = { host: standIn.url, token: standIn.tokenFor(ANA) };
      const workspace = createWorkspace({ host: login.host, token: async () => login.token, log });
      return {
        standIn,
        workspace,
        deploy: (bundle: Bundle, target: string, onLine: (line: string) => void = () => {}) =>
          deploy(cli, workspace, bundle, login, target, onLine),
        [Symbol.asyncDispose]: () => standIn.close(),
      };
    },
    close: () => rmSync(scratchDir, { recursive: true, force: true }),
  };
}

export type Roundtrip = Awaited<ReturnType<typeof createRoundtrip>>;

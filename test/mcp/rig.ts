// What the tests of the tools share: the stand-in workspace, a database in memory, and the prover with the CLI if there is one.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import type { Step, ToolResult } from '../../src/agent/tools.ts';
import { createWorkspace } from '../../src/databricks/workspace.ts';
import { type Cli, createCli } from '../../src/deployment/cli/open-bundle.ts';
import { createCliLocator } from '../../src/deployment/install/locate.ts';
import { createWriteProposals } from '../../src/deployment/plan/propose-write.ts';
import { createProver } from '../../src/deployment/plan/prove.ts';
import { createToolsClient, type ToolsClient } from '../../src/mcp/client/in-process.ts';
import type { ServerDeps } from '../../src/mcp/server/server.ts';
import { createDatabricksStandIn, type DatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { type BundleStore, createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { createDevDataRows } from '../../src/storage/bundles/dev-data.ts';
import { createProofStore } from '../../src/storage/bundles/proofs.ts';
import type { Db } from '../../src/storage/db/db.ts';
import { createPlaceRows } from '../../src/storage/deployment-places.ts';
import { systemClock } from '../../src/values/clock.ts';
import { createLogger, type Logger } from '../../src/values/log.ts';
import { CLI, LOCATOR } from '../located-cli.ts';
import { openTestStorage } from '../storage/open-test-storage.ts';

export { CLI };

const ANA = 'ana@acme.example';

export interface Rig {
  readonly databricks: DatabricksStandIn;
  readonly db: Db;
  readonly bundles: BundleStore;
  readonly cli: Cli;
  readonly deps: ServerDeps;
  readonly token: string;
  /** Lines of the log. */
  readonly logged: string[];
  connect(): Promise<ToolsClient>;
  close(): Promise<void>;
}

/** `cli: false` is a machine without one. */
export async function createRig(options: { cli?: boolean } = {}): Promise<Rig> {
  const databricks = await createDatabricksStandIn();
  const storage = await openTestStorage();
  const logged: string[] = [];
  const log: Logger = createLogger({ level: 'debug', destination: { write: (line) => void logged.push(line) } });
  const bundles = createBundleStore(storage.db);
  const proofs = createProofStore(storage.db);
  const scratchDir = mkdtempSync(join(tmpdir(), 'dab-mcp-'));
  const nowhere = () => createCliLocator({ cacheDir: scratchDir, path: '', log, allowSetup: false });
  const locator = options.cli === false ? nowhere() : LOCATOR;
  const cli = createCli({ locator, scratchDir, clock: systemClock, log });
  const prover = createProver({ cli, store: proofs, log });
  const writes = createWriteProposals({ db: storage.db, cli, clock: systemClock, log });
  const deps: ServerDeps = {
    workspace: ({ host, token }) => createWorkspace({ host, token, log }),
    bundles,
    placing: {
      places: createPlaceRows(storage.db),
      devData: { schema: 'own_{short_name}', catalog: 'lab' },
      answers: createDevDataRows(storage.db).of,
    },
    prover,
    proofs,
    writes,
    clock: systemClock,
    log,
  };
  const token = databricks.tokenFor(ANA);
  return {
    databricks,
    db: storage.db,
    bundles,
    cli,
    deps,
    token,
    logged,
    connect: () => createToolsClient(deps, { host: databricks.url, userName: ANA, token: async () => token }),
    async close() {
      await databricks.close();
      await storage.close();
      rmSync(scratchDir, { recursive: true, force: true });
    },
  };
}

interface ToolsTestOptions {
  /** false: a machine without a CLI. */
  readonly cli?: boolean;
  /** What the workspace holds besides the demo. */
  readonly seed?: (rig: Rig) => void;
}

/** Tests that share a rig and a connected client within their file. Faults end with the test that switched them on. */
export function toolsTest({ cli = true, seed }: ToolsTestOptions = {}) {
  return test
    .extend('withCli', { scope: 'file' }, cli)
    .extend('rig', { scope: 'file' }, async ({ withCli }, { onCleanup }) => {
      const rig = await createRig({ cli: withCli });
      onCleanup(() => rig.close());
      seed?.(rig);
      return rig;
    })
    .extend('client', { scope: 'file' }, async ({ rig }, { onCleanup }) => {
      const client = await rig.connect();
      onCleanup(() => client.close());
      return client;
    })
    .extend('faults', { auto: true }, ({ rig }, { onCleanup }) => {
      onCleanup(() => rig.databricks.faults.clear());
      return rig.databricks.faults;
    });
}

/** Calls a tool as the agent does; keeps its steps. */
export async function use(
  client: ToolsClient,
  name: string,
  input: Record<string, unknown>,
  signal = new AbortController().signal,
): Promise<ToolResult & { steps: Step[] }> {
  const steps: Step[] = [];
  const result = await client.call({ id: 'toolu_1', name, input }, { signal, onStep: (step) => steps.push(step) });
  return { ...result, steps };
}

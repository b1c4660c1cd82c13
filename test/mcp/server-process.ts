// The server of the tools as a program of its own, over a prepared database and a stand-in workspace.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createToolsServer } from '../../src/playground/tools-server.ts';
import { fillDataFolder } from '../storage/test-dump.ts';
import { seedForDrive } from './drive.ts';

/** Tests that share a server within their file. Faults end with the test that switched them on. */
export const withServerProcess = test
  .extend('databricks', { scope: 'file' }, async ({}, { onCleanup }) => {
    const databricks = await createDatabricksStandIn();
    onCleanup(() => databricks.close());
    seedForDrive(databricks);
    return databricks;
  })
  .extend('dataDir', { scope: 'file' }, ({}, { onCleanup }) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'dab-tools-server-'));
    onCleanup(() => rmSync(dataDir, { recursive: true, force: true }));
    return dataDir;
  })
  .extend('server', { scope: 'file' }, async ({ databricks, dataDir }, { onCleanup }) => {
    await fillDataFolder(join(dataDir, 'tools-postgres'));
    const env = { ...environment, DAB_CLI_SETUP: 'false' };
    const server = await createToolsServer({ env, host: databricks.url, dataDir });
    onCleanup(() => server.stop('SIGTERM'));
    await server.start();
    return server;
  })
  .extend('faults', { auto: true }, ({ databricks }, { onCleanup }) => {
    onCleanup(() => databricks.faults.clear());
    return databricks.faults;
  });

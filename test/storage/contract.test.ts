// The contract of storage, run over PGlite always and over a PostgreSQL server where one can be had.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openQueuedDatabase, type QueuedDatabase } from '../../src/storage/db/open.ts';
import { describeContract } from './contract.ts';
import { quiet } from './open-test-storage.ts';
import { type Server, startPostgres } from './postgres-server.ts';

describe('storage over PGlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dab-bot-storage-'));
  let storage: QueuedDatabase;
  beforeAll(async () => {
    storage = await openQueuedDatabase({ dataDir: folder }, quiet);
  });
  afterAll(async () => {
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
  });
  describeContract(() => storage);
});

const server = await startPostgres();
if ('missing' in server) process.stderr.write(`\nSKIPPED: storage over a PostgreSQL server: ${server.missing}\n`);

describe.skipIf('missing' in server)('storage over a PostgreSQL server', () => {
  let storage: QueuedDatabase;
  beforeAll(async () => {
    storage = await openQueuedDatabase({ postgres: (server as Server).options }, quiet);
  });
  afterAll(async () => {
    await storage.close();
    if (!('missing' in server)) await server.stop();
  });
  describeContract(() => storage);
});

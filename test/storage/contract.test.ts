// The contract of storage, run over PGlite always and over a PostgreSQL server where one can be had.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { openQueuedDatabase } from '../../src/storage/db/open.ts';
import { describeBundles } from './bundles-contract.ts';
import { describeCallRates } from './call-rates-contract.ts';
import { describeContract, storageTest } from './contract.ts';
import { describeLeases, leasesTest } from './leases-contract.ts';
import { quiet } from './open-test-storage.ts';
import { findPostgres } from './postgres-server.ts';
import { fillDataFolder } from './test-dump.ts';
import { describeUsage } from './usage-contract.ts';

const overPglite = storageTest(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dab-bot-storage-'));
  await fillDataFolder(folder);
  const storage = await openQueuedDatabase({ dataDir: folder }, quiet);
  return { ...storage, close: () => storage.close().finally(() => rmSync(folder, { recursive: true, force: true })) };
});
describe('storage over PGlite', () => describeContract(overPglite));
describe('bundles over PGlite', () => describeBundles(overPglite));
describe('usage over PGlite', () => describeUsage(overPglite));
describe('booked calls over PGlite', () => describeCallRates(overPglite));
const leasesOverPglite = leasesTest(overPglite);
describe('leases over PGlite', () => describeLeases(leasesOverPglite));

const postgres = await findPostgres();
if ('missing' in postgres) process.stderr.write(`\nSKIPPED: storage over a PostgreSQL server: ${postgres.missing}\n`);

const overServer = storageTest(async () => {
  if ('missing' in postgres) throw new Error(postgres.missing);
  const server = await postgres.start();
  const storage = await openQueuedDatabase({ postgres: server.options }, quiet);
  return { ...storage, close: () => storage.close().finally(server.stop) };
});
describe.skipIf('missing' in postgres)('storage over a PostgreSQL server', () => describeContract(overServer));
describe.skipIf('missing' in postgres)('bundles over a PostgreSQL server', () => describeBundles(overServer));
describe.skipIf('missing' in postgres)('usage over a PostgreSQL server', () => describeUsage(overServer));
describe.skipIf('missing' in postgres)('booked calls over a PostgreSQL server', () => describeCallRates(overServer));
const leasesOverServer = leasesTest(overServer);
describe.skipIf('missing' in postgres)('leases over a PostgreSQL server', () => describeLeases(leasesOverServer));

// How long leases last is one setting: also a server's patience with a process that stands still within a transaction goes by it.
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { openStorage } from '../../src/storage/storage.ts';
import { systemClock } from '../../src/values/clock.ts';
import { quiet } from './open-test-storage.ts';
import { findPostgres } from './postgres-server.ts';

const postgres = await findPostgres();

test.skipIf('missing' in postgres)('a server waits for half a long lease, and never less than 5 s', async () => {
  if ('missing' in postgres) throw new Error(postgres.missing);
  const server = await postgres.start();
  onTestFinished(server.stop);
  const needs = { vaultKey: { keyId: 'k', key: randomBytes(32) }, clock: systemClock, log: quiet };
  for (const [leaseSeconds, patience] of [
    [60, '30s'],
    [2, '5s'],
  ] as const) {
    const storage = await openStorage({ postgres: server.options }, { leaseSeconds, ...needs });
    const shown = await storage.db.query('show idle_in_transaction_session_timeout').finally(storage.close);
    expect(shown).toEqual([{ idle_in_transaction_session_timeout: patience }]);
  }
});

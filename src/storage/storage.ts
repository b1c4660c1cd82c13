// The room's factories: an opened database, and the rows of each subject in it.
import type { Clock } from '../values/clock.ts';
import type { Logger, ProgramLogger } from '../values/log.ts';
import { createVault, type VaultKey } from '../values/vault.ts';
import { type BundleStore, createBundleStore } from './bundles/bundles.ts';
import { conversationBundles } from './bundles/conversation-bundles.ts';
import { createDevDataRows, type DevDataRows } from './bundles/dev-data.ts';
import { type OwnedBundles, ownedBundles } from './bundles/owned-bundles.ts';
import { createProofStore, type ProofStore } from './bundles/proofs.ts';
import { type CalledSecrets, createCalledSecrets } from './called-secrets.ts';
import { type ConversationRows, createConversationRows } from './conversations.ts';
import type { Db } from './db/db.ts';
import { createLeases, type Leases } from './db/leases.ts';
import type { Ears } from './db/listen.ts';
import { type Database, drain, openDatabase, openQueuedDatabase, type QueuedDatabase, type StorageOptions } from './db/open.ts';
import { signalledAfter } from './db/signalled-after.ts';
import { createPlaceRows, type PlaceRows } from './deployment-places.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { createMessageRows, type MessageRows } from './model-messages.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { type CallRates, createCallRates } from './slack/call-rates.ts';
import { createRedraws, type Redraws } from './slack/redraws.ts';
import { createStepRows, type StepRows } from './turn-steps.ts';
import { createTurnRows, STOPS, type TurnRows } from './turns.ts';
import { type CostRows, createCostRows } from './usage/costs.ts';
import { createUsageRows, type UsageRows } from './usage/usage.ts';

/** What a server of tools keeps. */
export interface BundleStorage extends Database {
  readonly bundles: BundleStore;
  readonly proofs: ProofStore;
  readonly places: PlaceRows;
  readonly devData: DevDataRows;
  /** The bundles of one person; `owner` is any text that names one person of one workspace. */
  bundlesOf(owner: string): OwnedBundles;
}

/** What the bot keeps. */
export interface Storage extends QueuedDatabase, BundleStorage {
  readonly conversations: ConversationRows;
  readonly turns: TurnRows;
  /** Hears which turn somebody has stopped, on whichever process; what it misses stands in the turn's row. */
  hearStops(ears: Ears): Promise<unknown>;
  readonly steps: StepRows;
  readonly messages: MessageRows;
  readonly costs: CostRows;
  readonly usage: UsageRows;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly callRates: CallRates;
  readonly redraws: Redraws;
  readonly called: CalledSecrets;
  readonly leases: Pick<Leases, 'hold' | 'apart'>;
  /** The database for rows that are nobody's work: what it writes is written whoever has a lease. */
  readonly unleased: Db;
  /** The bundles as one conversation sees them: with all that was called a secret in it. */
  bundlesIn(conversationId: string): BundleStore;
}

interface StorageNeeds {
  /** How long a lease lasts that is not renewed. */
  readonly leaseSeconds: number;
  /** Seals what was called a secret. */
  readonly vaultKey: VaultKey;
  /** In real time, as the database's own. */
  readonly clock: Pick<Clock, 'now' | 'deadline'>;
  /** Hides what was called a secret. */
  readonly log: ProgramLogger;
  /** For tests of crashes: the process ends when so many statements have changed rows. */
  readonly dieAfterWrites?: number | undefined;
  /** For tests of pauses: it stands still then. */
  readonly stopAfterWrites?: number | undefined;
}

/** Waits for a server that is away. Throws a UserError when the folder is in use, an UpstreamError when the server refuses. */
export async function openStorage(options: StorageOptions, needs: StorageNeeds): Promise<Storage> {
  const { vaultKey, clock, log } = needs;
  const leaseMs = needs.leaseSeconds * 1000;
  const database = await openQueuedDatabase(
    'postgres' in options ? { ...options, postgres: { ...options.postgres, leaseMs } } : options,
    log,
  );
  const { kind } = database;
  const unleased = interrupted(database.db, needs);
  // Nobody else has an embedded one: whoever had leases in it is dead. Elsewhere those that ran out long ago are of nobody.
  await database.db.query(
    kind === 'pglite' ? 'delete from leases' : "delete from leases where until < clock_timestamp() - interval '1 hour'",
  );
  const leases = createLeases(unleased, { lengthMs: leaseMs, clock, log });
  const { db } = leases;
  const rows = bundleRows(db);
  const called = createCalledSecrets(db, createVault(vaultKey), log.hide);
  return {
    ...database,
    ...rows,
    db,
    leases,
    unleased,
    // Whoever goes on with the rest need not wait until the leases end.
    close: () => drain(database.boss).finally(leases.close).finally(database.close),
    called,
    bundlesIn: (id) => conversationBundles(rows.bundles, { list: () => called.of(id), keep: (secrets) => called.keep(id, secrets) }),
    conversations: createConversationRows(db),
    turns: createTurnRows(db),
    hearStops: (ears) => database.listen(STOPS, ears),
    steps: createStepRows(db),
    messages: createMessageRows(db),
    // A reply costs the same where another process has taken its turn over.
    costs: createCostRows(unleased),
    usage: createUsageRows(unleased),
    outbox: createOutbox(db, unleased),
    inbox: createInbox(db),
    // Whoever makes a call makes it, also where its lease is lost; and it is no step that a test of crashes counts.
    callRates: createCallRates(database.db),
    // What has changed is to be drawn, whoever has a lease.
    redraws: createRedraws(unleased),
  };
}

function interrupted(db: Db, { dieAfterWrites, stopAfterWrites }: StorageNeeds): Db {
  if (dieAfterWrites !== undefined) return signalledAfter(db, dieAfterWrites, 'SIGKILL');
  return stopAfterWrites === undefined ? db : signalledAfter(db, stopAfterWrites, 'SIGSTOP');
}

/** The same without what only conversations need; `memory` is kept nowhere. */
export async function openBundleStorage(options: StorageOptions | 'memory', log: Logger): Promise<BundleStorage> {
  const database = await openDatabase(options, log);
  return { ...database, ...bundleRows(database.db) };
}

function bundleRows(db: Db): Omit<BundleStorage, keyof Database> {
  const bundles = createBundleStore(db);
  return {
    bundles,
    proofs: createProofStore(db),
    places: createPlaceRows(db),
    devData: createDevDataRows(db),
    bundlesOf: (owner) => ownedBundles(bundles, db, owner),
  };
}

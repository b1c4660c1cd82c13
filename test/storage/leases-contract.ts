// The contract of leases: one owner at a time, and nothing of a late one, whichever Postgres is behind it.
import { expect } from 'vitest';
import type { Db } from '../../src/storage/db/db.ts';
import { createLeases } from '../../src/storage/db/leases.ts';
import { systemClock } from '../../src/values/clock.ts';
import { LeaseLostError } from '../../src/values/errors.ts';
import type { storageTest } from './contract.ts';
import { quiet } from './open-test-storage.ts';

/** Milliseconds: one that is not renewed is to run out soon. */
const LENGTH = 100;
/** As long as a test may take on a busy machine. */
const FOR_LONG = { lengthMs: 120_000, log: quiet };
/** Time stands still in a paused process: it renews nothing. */
const STANDING = { now: systemClock.now, deadline: () => () => undefined };

const processOn = (db: Db, clock: Parameters<typeof createLeases>[1]['clock'] = systemClock) =>
  createLeases(db, { lengthMs: LENGTH, clock, log: quiet });

/** A process that is paused within its work until `wake` is called; `done` is the end of `afterwards`, which it does then. */
async function paused(db: Db, key: string, afterwards: (leases: ReturnType<typeof processOn>) => Promise<unknown>) {
  const leases = processOn(db, STANDING);
  const [began, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done = leases.hold(key, async () => {
    began.resolve();
    await woken.promise;
    return await afterwards(leases);
  });
  done.catch(() => undefined);
  await began.promise;
  return { wake: woken.resolve, done };
}

/** The same, with an empty table `notes` to write into. */
export function leasesTest(it: ReturnType<typeof storageTest>) {
  return it.extend('notes', { auto: true }, async ({ db }) => {
    await db.query('create table if not exists notes (id text primary key, said text)');
    await db.query('delete from notes');
  });
}

export function describeLeases(it: ReturnType<typeof leasesTest>): void {
  it('let one process at a time work on something', async ({ db }) => {
    const [a, b] = [createLeases(db, { ...FOR_LONG, clock: systemClock }), processOn(db)];
    const said: string[] = [];
    const [began, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = a.hold('one', async () => {
      began.resolve();
      await end.promise;
      said.push('a ends');
    });
    await began.promise;
    const second = b.hold('one', async () => said.push('b begins'));
    await b.hold('other', async () => said.push('b does something else'));
    end.resolve();
    await Promise.all([first, second]);
    expect(said).toEqual(['b does something else', 'a ends', 'b begins']);
    expect(await db.query('select * from leases')).toEqual([]);
  });

  it('are given back by a process that ends, and what it still does changes nothing', async ({ db }) => {
    const ending = createLeases(db, { ...FOR_LONG, clock: systemClock });
    const [began, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const left = ending.hold('ending', async () => {
      began.resolve();
      await ended.promise;
      await ending.db.query("insert into notes values ('late', 'x')");
    });
    left.catch(() => undefined);
    await began.promise;
    await ending.close();
    await processOn(db).hold('ending', async () => undefined);
    ended.resolve();
    await expect(left).rejects.toBeInstanceOf(LeaseLostError);
  });

  it('are renewed while work goes on', async ({ db }) => {
    const beats: (() => void)[] = [];
    const collect = (_: number, run: () => void) => {
      beats.push(run);
      return () => undefined;
    };
    const leases = createLeases(db, { ...FOR_LONG, clock: { now: systemClock.now, deadline: collect } });
    const until = async () => (await db.query<{ until: Date }>("select until from leases where key = 'long'"))[0]?.until.getTime() ?? 0;
    await leases.hold('long', async () => {
      const before = await until();
      beats.shift()?.();
      await expect.poll(until).toBeGreaterThan(before);
      // And so on.
      await expect.poll(() => beats.length).toBe(1);
    });
  });

  for (const [what, late] of Object.entries({
    'an insert': (on: Db) => on.query("insert into notes values ('late', 'x')"),
    'an insert that answers': (on: Db) => on.query("insert into notes values ('late', 'x') on conflict do nothing returning id"),
    'an update': (on: Db) => on.query("update notes set said = 'late'"),
    'a delete': (on: Db) => on.query('delete from notes returning id'),
    'a transaction': (on: Db) => on.transaction((tx) => tx.query("update notes set said = 'late'")),
  })) {
    it(`let ${what} of a process that woke up too late change nothing`, async ({ db }) => {
      await db.query("insert into notes values ('n', 'before') on conflict (id) do update set said = excluded.said");
      const { wake, done } = await paused(db, what, (leases) => late(leases.db));
      const taker = processOn(db);
      const said = await taker.hold(what, () => taker.db.query("update notes set said = 'taken over' returning said"));
      expect(said).toEqual([{ said: 'taken over' }]);
      wake();
      await expect(done).rejects.toBeInstanceOf(LeaseLostError);
      expect(await db.query('select * from notes')).toEqual([{ id: 'n', said: 'taken over' }]);
    });
  }

  it('let a process go on that was paused while nobody took over', async ({ db }) => {
    const { wake, done } = await paused(db, 'nobody', (leases) =>
      leases.db.query("insert into notes values ('mine', 'x') on conflict do nothing returning id"),
    );
    await systemClock.sleep(2 * LENGTH);
    wake();
    expect(await done).toEqual([{ id: 'mine' }]);
  });

  for (const [what, change] of Object.entries({
    'a change': (on: Db) => on.query("insert into notes values ('n', 'x')"),
    'a transaction': (on: Db) => on.transaction((tx) => tx.query("insert into notes values ('n', 'x')")),
    'taking one': (on: Db) => on.query('select 1'),
  })) {
    it(`let nobody go on outside who stood still after ${what}, unless nobody took over`, async ({ db }) => {
      for (const taken of [true, false]) {
        await db.query('delete from notes');
        let answered: () => Promise<unknown> = async () => undefined;
        const standing = <T>(rows: Promise<T>) => rows.then((all) => answered().then(() => all));
        const late: Db = {
          query: (text, params) => (/insert into (notes|leases)/.test(text) ? standing(db.query(text, params)) : db.query(text, params)),
          transaction: (work) => standing(db.transaction(work)),
        };
        const stand = async () => {
          await systemClock.sleep(2 * LENGTH);
          if (taken) await processOn(db).hold(what, async () => undefined);
        };
        const leases = processOn(late, STANDING);
        if (what === 'taking one') answered = stand;
        const outside: string[] = [];
        const done = leases.hold(what, async () => {
          answered = stand;
          await change(leases.db);
          outside.push('said');
        });
        await (taken ? expect(done).rejects.toBeInstanceOf(LeaseLostError) : done);
        expect(outside).toEqual(taken ? [] : ['said']);
      }
    });
  }

  it('let work go on over a database that is always slow, unless it answers later than a lease lasts', async ({ db }) => {
    for (const [share, ends, asks] of [
      [0.5, 'done', 4],
      [1.5, 'lost', 20],
    ] as const) {
      let now = 0;
      let renewed = 0;
      const slow: Db = {
        ...db,
        async query(text, params) {
          now += share * FOR_LONG.lengthMs;
          if (text.startsWith('update leases')) renewed += 1;
          return db.query(text, params);
        },
      };
      const { hold } = createLeases(slow, { ...FOR_LONG, clock: { ...STANDING, now: () => now } });
      const held = hold(`slow ${share}`, async () => 'done').catch((error: unknown) => (error instanceof LeaseLostError ? 'lost' : error));
      expect([await held, renewed]).toEqual([ends, asks]);
    }
  });

  it('are renewed by one row of beats, however often work begins during one', async ({ db }) => {
    const beats: (() => void)[] = [];
    const gate = Promise.withResolvers<void>();
    // Renewing takes long.
    const slow: Db = {
      ...db,
      query: (text, params) => (text.startsWith('update leases') ? gate.promise : Promise.resolve()).then(() => db.query(text, params)),
    };
    const leases = createLeases(slow, {
      ...FOR_LONG,
      clock: {
        now: systemClock.now,
        deadline: (_, run) => {
          beats.push(run);
          return () => undefined;
        },
      },
    });
    const end = Promise.withResolvers<void>();
    const first = leases.hold('first', async () => beats.shift()?.());
    await first;
    const second = leases.hold('second', async () => {
      gate.resolve();
      await end.promise;
    });
    await expect.poll(() => beats.length).toBe(1);
    end.resolve();
    await second;
    expect(beats).toHaveLength(1);
  });

  it('tell a process by its signal that another has taken over', async ({ db }) => {
    let renew = () => {};
    const leases = processOn(db, {
      now: systemClock.now,
      deadline: (_, run) => {
        renew = run;
        return () => undefined;
      },
    });
    const lost = Promise.withResolvers<unknown>();
    const done = leases.hold('told', async (signal) => {
      signal.addEventListener('abort', () => lost.resolve(signal.reason));
      await processOn(db).hold('told', async () => renew());
      throw await lost.promise;
    });
    await expect(done).rejects.toBeInstanceOf(LeaseLostError);
  });

  it('keep both what is held and what it is held within', async ({ db }) => {
    const { wake, done } = await paused(db, 'outer', (leases) =>
      leases.hold('inner', () => leases.db.query("insert into notes values ('inner', 'x')")),
    );
    await processOn(db).hold('outer', async () => undefined);
    wake();
    await expect(done).rejects.toBeInstanceOf(LeaseLostError);
    expect(await db.query("select * from notes where id = 'inner'")).toEqual([]);
  });

  it('are kept from others by no process that stands still within a transaction, and its broken connection ends nothing', async ({
    db,
    storage,
  }) => {
    if (storage.kind === 'pglite') return;
    expect(await db.query('show idle_in_transaction_session_timeout')).toEqual([{ idle_in_transaction_session_timeout: '5s' }]);
    const [standing, ended] = [Promise.withResolvers<unknown>(), Promise.withResolvers<void>()];
    const broken = db.transaction(async (tx) => {
      const [own] = await tx.query("insert into notes values ('idle', 'x') returning pg_backend_pid() as pid");
      await tx.query('set local idle_in_transaction_session_timeout = 1');
      standing.resolve(own?.pid);
      await ended.promise;
      await tx.query('select 1');
    });
    broken.catch(() => undefined);
    const pid = await standing.promise;
    await expect.poll(() => db.query('select 1 from pg_stat_activity where pid = $1', [pid])).toEqual([]);
    ended.resolve();
    await expect(broken).rejects.toThrow();
    expect(await db.query("select * from notes where id = 'idle'")).toEqual([]);
  });

  it('bind nothing that is done apart from the work that holds them', async ({ db }) => {
    const { hold, apart, db: fencedDb } = createLeases(db, { ...FOR_LONG, clock: systemClock });
    const ended = Promise.withResolvers<void>();
    const later = await hold('ends first', async () => ({
      apart: apart(() => ended.promise.then(() => fencedDb.query("insert into notes values ('apart', 'x')"))),
      within: ended.promise.then(() => fencedDb.query("insert into notes values ('within', 'x')")).catch((error: unknown) => error),
    }));
    ended.resolve();
    await later.apart;
    expect(await later.within).toBeInstanceOf(LeaseLostError);
    expect(await db.query('select id from notes')).toEqual([{ id: 'apart' }]);
  });

  it('are not taken over in the middle of a statement’s transaction', async ({ db, storage }) => {
    if (storage.kind === 'pglite') return;
    const steps: string[] = [];
    const inside = Promise.withResolvers<void>();
    const { wake, done } = await paused(db, 'middle', (leases) =>
      leases.db.transaction(async (tx) => {
        inside.resolve();
        await systemClock.sleep(2 * LENGTH);
        await tx.query("insert into notes values ('middle', 'x')");
        steps.push('committing');
      }),
    );
    wake();
    await inside.promise;
    const taken = processOn(db).hold('middle', async () => steps.push('taken over'));
    // Afterwards it may be told that it stood still for too long.
    await Promise.allSettled([done, taken]);
    expect(steps).toEqual(['committing', 'taken over']);
  });
}

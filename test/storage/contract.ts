// The contract of storage: what every room may rely on, whichever Postgres is behind it.
import { expect, test } from 'vitest';
import { type Db, jsonbOf, jsonbText } from '../../src/storage/db/db.ts';
import { channelOf } from '../../src/storage/db/listen.ts';
import { migrate } from '../../src/storage/db/migrate.ts';
import { MIGRATIONS } from '../../src/storage/db/migrations.ts';
import type { QueuedDatabase } from '../../src/storage/db/open.ts';
import { createMessageRows } from '../../src/storage/model-messages.ts';
import { UpstreamError } from '../../src/values/errors.ts';

/** Tests that share a storage within their file. */
export function storageTest(open: () => Promise<QueuedDatabase>) {
  return test
    .extend('storage', { scope: 'file' }, async ({}, { onCleanup }) => {
      const storage = await open();
      onCleanup(() => storage.close());
      return storage;
    })
    .extend('db', { scope: 'file' }, ({ storage }) => storage.db);
}

export function describeContract(it: ReturnType<typeof storageTest>): void {
  it('gives values in the promised types', async ({ db }) => {
    const bytes = Buffer.from([0, 1, 254, 255]);
    const [row] = await db.query(
      `select 9223372036854775807::int8 as big, 12.50::numeric as num, 7::int4 as small, $1::jsonb as doc, $2::bytea as bytes,
       '2026-11-23T10:00:00.123Z'::timestamptz as at, null::text as nothing, true as yes, array['a','b']::text[] as list, count(*) as n`,
      [JSON.stringify([{ a: 1 }]), bytes],
    );
    expect(row).toEqual({
      big: '9223372036854775807',
      num: '12.50',
      small: 7,
      doc: [{ a: 1 }],
      bytes,
      at: new Date('2026-11-23T10:00:00.123Z'),
      nothing: null,
      yes: true,
      list: ['a', 'b'],
      n: '1',
    });
    expect(Buffer.isBuffer(row?.bytes)).toBe(true);
  });

  it('takes values in the same types', async ({ db }) => {
    const at = new Date('2026-11-23T10:00:00.123Z');
    const sent = [{ a: { b: [1] } }, at, 9223372036854775807n, '42', true, ['x', 'y'], new Uint8Array([9]), null];
    const [row] = await db.query(
      'select $1::jsonb as doc, $2::timestamptz as at, $3::int8 as big, $4::int8 as text, $5::bool as yes, $6::text[] as list, $7::bytea as bytes, $8::text as nothing',
      sent,
    );
    expect(row).toEqual({
      doc: { a: { b: [1] } },
      at,
      big: '9223372036854775807',
      text: '42',
      yes: true,
      list: ['x', 'y'],
      bytes: Buffer.from([9]),
      nothing: null,
    });
    await expect(db.query('select $1::jsonb as doc', [[{ a: 1 }]])).rejects.toThrow();
  });

  it('takes texts that no row can hold, with a sign in the place of what it can’t', async ({ db }) => {
    const odd = 'nothing\0 half \ud83d';
    const [row] = await db.query('select $1::jsonb as doc, $2::text as text', [jsonbOf({ odd: [odd, 1] }), odd]);
    const kept = 'nothing\ufffd half \ufffd';
    expect(row).toEqual({ doc: { odd: [kept, 1] }, text: kept });
    // In keys too; and what only looks like an escape is a text like any other.
    const keys = { [odd]: 1, pair: '😀', 'a\\u0000': '\\ud83d\\\\u0000' };
    const [same] = await db.query('select $1::jsonb as doc, $2::jsonb::text as digits', [
      jsonbOf(keys),
      jsonbText('[9007199254740993, "\\u0000"]'),
    ]);
    expect(same).toEqual({ doc: { ...keys, [kept]: 1, [odd]: undefined }, digits: '[9007199254740993, "\ufffd"]' });
  });

  it('commits what resolves and rolls back what throws', async ({ db }) => {
    await db.query('create table if not exists t_tx (n integer)');
    expect(
      await db.transaction(async (tx) => {
        await tx.query('insert into t_tx values (1)');
        return 'done';
      }),
    ).toBe('done');
    const failing = db.transaction(async (tx) => {
      await tx.query('insert into t_tx values (2)');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await db.query('select n from t_tx')).toEqual([{ n: 1 }]);
  });

  it('tells whoever listens what was notified, once it is committed', async ({ db, storage }) => {
    const heard: string[] = [];
    const begun = Promise.withResolvers<void>();
    const notify = (on: Db, about: string) => on.query(`select pg_notify(${channelOf('contract')}, $1)`, [about]);
    const unlisten = await storage.listen('contract', {
      missed: begun.resolve,
      heard(about) {
        heard.push(about);
        // Ends nothing: neither the process nor the listening.
        throw new Error('thrown by a listener');
      },
    });
    await begun.promise;
    await db.transaction(async (tx) => {
      await notify(tx, 'first');
      expect(heard).toEqual([]);
    });
    await notify(db, 'second');
    await expect.poll(() => heard).toEqual(['first', 'second']);
    await unlisten();
    await notify(db, 'too late');
    await db.query('select 1');
    expect(heard).toEqual(['first', 'second']);
  });

  it('listens again on a new connection when one is lost', async ({ db, storage }) => {
    if (storage.kind === 'pglite') return;
    const heard: string[] = [];
    let begun = 0;
    const unlisten = await storage.listen('lost', { heard: (about) => heard.push(about), missed: () => (begun += 1) });
    const channel = "query like 'listen %_lost%'";
    await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${channel}`);
    await expect.poll(() => begun, { timeout: 10_000 }).toBe(2);
    await db.query(`select pg_notify(${channelOf('lost')}, 'again')`);
    await expect.poll(() => heard).toEqual(['again']);
    await unlisten();
    await expect.poll(() => db.query(`select 1 from pg_stat_activity where pid <> pg_backend_pid() and ${channel}`)).toEqual([]);
  });

  it('gets over connections that break in a transaction, between statements and within one', async ({ db, storage }) => {
    if (storage.kind === 'pglite') return;
    const pid = async (tx: Db) => (await tx.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid;
    const kill = (of: number | undefined) => storage.boss.getDb().executeSql('select pg_terminate_backend($1)', [of]);
    const between = db.transaction(async (tx) => {
      await kill(await pid(tx));
      await expect
        .poll(() =>
          tx.query('select 1').then(
            () => 'lives',
            () => 'broken',
          ),
        )
        .toBe('broken');
      await tx.query('select 1');
    });
    await expect(between).rejects.toThrow(UpstreamError);
    const within = db.transaction(async (tx) => {
      const of = await pid(tx);
      await Promise.all([tx.query('select pg_sleep(60)'), kill(of)]);
    });
    await expect(within).rejects.toMatchObject({ failure: { code: '57P01' } });
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('goes on after a failed statement, and a nested transaction is undone alone', async ({ db }) => {
    await db.query('create table if not exists t_nested (n integer primary key)');
    await db.transaction(async (tx) => {
      await tx.query('insert into t_nested values (1)');
      await expect(tx.transaction((inner) => inner.query('insert into t_nested values (1)'))).rejects.toThrow(UpstreamError);
      await tx.query('insert into t_nested values (2)');
    });
    expect(await db.query('select n from t_nested order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('throws at once when a transaction’s work uses the outer Db or the queue, and not afterwards', async ({ db }) => {
    let later: Promise<unknown> | undefined;
    const ended = Promise.withResolvers<void>();
    await expect(db.transaction(() => db.query('select 1 as one'))).rejects.toThrow("Use the transaction's own Db");
    await db.transaction(async () => {
      later = ended.promise.then(() => db.query('select 1 as one'));
    });
    ended.resolve();
    expect(await later).toEqual([{ one: 1 }]);
  });

  it('keeps parallel transactions apart', async ({ db }) => {
    await db.query('create table if not exists t_count (id integer primary key, n integer not null)');
    await db.query('insert into t_count values (1, 0)');
    const add = () =>
      db.transaction(async (tx) => {
        const [row] = await tx.query<{ n: number }>('select n from t_count where id = 1 for update');
        await new Promise((resolve) => setTimeout(resolve, 2));
        await tx.query('update t_count set n = $1 where id = 1', [(row?.n ?? 0) + 1]);
      });
    await Promise.all(Array.from({ length: 10 }, add));
    expect(await db.query('select n from t_count')).toEqual([{ n: 10 }]);
  });

  it('tells the SQLSTATE of a failure, and no values', async ({ db }) => {
    await db.query('create table if not exists t_unique (secret text primary key)');
    await db.query("insert into t_unique values ('hunter2')");
    const error: unknown = await db.query('insert into t_unique values ($1)', ['hunter2']).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ failure: { service: 'postgres', code: '23505' } });
    expect(JSON.stringify(error) + String(error) + String((error as Error).cause)).not.toContain('hunter2');
  });

  it('applies every migration once, also when two programs start together, and refuses a newer schema', async ({ storage, db }) => {
    const connection = { ...db, script: async (text: string) => scriptOf(storage, text) };
    const more = [...MIGRATIONS, 'create table t_migrated (n integer); insert into t_migrated values (1);'];
    const newer = { migrations: more, oldest: more.length };
    await Promise.all([migrate(connection, newer), migrate(connection, newer)]);
    expect(await db.query('select n from t_migrated')).toEqual([{ n: 1 }]);
    await expect(migrate(connection)).rejects.toThrow('start the newer program');
    // As a newer program leaves it that has only added to it.
    await db.query('update schema_migrations set oldest = $1', [MIGRATIONS.length]);
    await migrate(connection);
    const broken = [...more, 'create table t_half (n integer); select nonsense;'];
    await expect(migrate(connection, { migrations: broken })).rejects.toThrow(UpstreamError);
    expect(await db.query("select to_regclass('t_half')::text as half")).toEqual([{ half: null }]);
    await db.query('delete from schema_migrations where version > $1', [MIGRATIONS.length]);
  });

  it('closes offers from before a release was kept with them, and leaves what was decided', async ({ storage, db }) => {
    const steps = MIGRATIONS.map((sql) => sql.replace(/--.*$/gm, ''));
    const at = steps.findIndex((sql) => sql.includes('add column release text'));
    const states = ['open', 'approved', 'done', 'declined'];
    await scriptOf(
      storage,
      `create schema before;
       set local search_path to before;
       ${steps.slice(0, at).join('')}
       insert into conversations (id, team, channel, thread_ts, requester, subject) values ('c', 'T', 'C', '1', 'U', '{}');
       insert into bundles (digest, files, meta) values ('d', '[]', '{}');
       insert into proposals (id, conversation_id, version, bundle_digest, target, host, user_name, slack_user, plan, plan_digest, summary,
         cli_version, state, expires_at)
       select state, 'c', 1, 'd', 'dev', 'h', 'u', 'U', '{}', 'p', '{"lines":[]}', '1.9.0', state, now() from unnest(array['${states.join("','")}']) state;
       ${steps[at]}`,
    );
    expect(await db.query('select id, state, release from before.proposals order by array_position($1::text[], id)', [states])).toEqual(
      states.map((state) => ({ id: state, state: state === 'open' ? 'superseded' : state, release: null })),
    );
    await db.query('drop schema before cascade');
  });

  it('keeps a history in order, and where it begins anew, with every key where it was', async ({ db }) => {
    await db.query(
      "insert into conversations (id, team, channel, thread_ts, requester, subject) values ('history', 'T', 'C', 'h', 'U', '{}')",
    );
    await db.query(
      "insert into turns (id, conversation_id, slack_user, text, event_key) select id, 'history', 'U', id, id from unnest(array['h1', 'h2']) id",
    );
    const rows = createMessageRows(db);
    const content = [{ type: 'text', text: 'z', b: 1, a: 2 }];
    for (const turnId of ['h1', 'h2']) await rows.append('history', turnId, { role: 'user', content });
    expect(await rows.segment('history')).toBeUndefined();
    for (const [turnId, afterSeq] of [
      ['h1', 0],
      ['h2', 1],
    ] as const)
      await rows.beginSegment('history', { turnId, reason: 'size', afterSeq, frozen: { z: 1, a: [turnId] }, opening: content });
    const segment = await rows.segment('history');
    expect(JSON.stringify(segment)).toBe(JSON.stringify({ turnId: 'h2', afterSeq: 1, frozen: { z: 1, a: ['h2'] }, opening: content }));
    expect((await rows.ofConversation('history')).map(({ seq }) => seq)).toEqual([1, 2]);
    const left = await rows.ofConversation('history', segment?.afterSeq);
    expect(JSON.stringify(left)).toBe(JSON.stringify([{ seq: 2, turnId: 'h2', role: 'user', content }]));
  });

  it('carries a job from send to work, also when it was sent in a transaction', async ({ storage, db }) => {
    const { boss } = storage;
    await boss.createQueue('contract', { policy: 'key_strict_fifo' });
    const seen: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      void boss.work<{ n: number }>('contract', { pollingIntervalSeconds: 0.5 }, async ([job]) => {
        seen.push(job?.data);
        if (seen.length === 2) resolve();
      });
    });
    await boss.send('contract', { n: 1 }, { singletonKey: 'c1' });
    await db.transaction(async (tx) => {
      await boss.send(
        'contract',
        { n: 2 },
        { singletonKey: 'c1', db: { executeSql: async (text, values) => ({ rows: await tx.query(text, values ?? []) }) } },
      );
    });
    await done;
    expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
    await boss.offWork('contract');
  });
}

/** A script of several statements over the public Db, which takes one at a time. */
async function scriptOf(storage: QueuedDatabase, text: string): Promise<void> {
  await storage.db.transaction(async (tx) => {
    // A block between $$ is one statement.
    for (const statement of text.match(/(\$\$[\s\S]*?\$\$|[^;])+/g) ?? []) if (statement.trim() !== '') await tx.query(statement);
  });
}

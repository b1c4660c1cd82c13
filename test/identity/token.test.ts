// Tokens of linked users: refreshed once, kept before used, lost only when Databricks says the grant is dead.
import { expect } from 'vitest';
import { createIdentities } from '../../src/identity/identities.ts';
import { UpstreamError, UserError } from '../../src/values/errors.ts';
import { ANA, BEN, identityTest, keyOf, link } from './rig.ts';

const HOUR = 60 * 60_000;

/** `version`: how often the tokens in the database have been changed. */
const it = identityTest
  .extend('clock', ({ rig }) => rig.clock)
  .extend('version', ({ rig }) => async () => {
    const [row] = await rig.storage.db.query<{ version: number }>('select version from grants');
    return row?.version ?? 0;
  });

it('gives the same token until it is about to end, then refreshes once for all who ask', async ({ rig, clock, version }) => {
  await link(rig);
  const at = await version();
  const first = await rig.identities.token(ANA);
  expect(await rig.identities.token(ANA)).toBe(first);
  expect(rig.tokenCalls()).toBe(1);
  await clock.turn(HOUR - 60_000);
  const tokens = await Promise.all(Array.from({ length: 5 }, () => rig.identities.token(ANA)));
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).not.toBe(first);
  expect(rig.tokenCalls()).toBe(2);
  expect(await version()).toBe(at + 1);
  // The rotated refresh token was kept: the next refresh works too.
  await clock.turn(HOUR + 60_000);
  expect(await rig.identities.token(ANA)).not.toBe(tokens[0]);
  expect(await version()).toBe(at + 2);
});

it('refreshes once for all who want more minutes than any token has', async ({ rig }) => {
  await link(rig);
  await Promise.all([rig.identities.token(ANA, { minMinutes: 600 }), rig.identities.token(ANA, { minMinutes: 600 })]);
  expect(rig.tokenCalls()).toBe(2);
});

it('gives another token for one that Databricks refuses before its time, once for all who were refused', async ({ rig, version }) => {
  await link(rig);
  const at = await version();
  const refused = await rig.identities.token(ANA);
  const tokens = await Promise.all(Array.from({ length: 5 }, () => rig.identities.token(ANA, { refused })));
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).not.toBe(refused);
  expect(await rig.identities.token(ANA)).toBe(tokens[0]);
  expect(await version()).toBe(at + 1);
});

it('keeps a refused token, and the link, where no other one is to be had now', async ({ rig, faults }) => {
  await link(rig);
  const refused = await rig.identities.token(ANA);
  faults.on('POST /oidc/v1/token', { status: 503 });
  expect(await rig.identities.token(ANA, { refused })).toBe(refused);
  expect(await rig.identities.of(ANA)).toBeDefined();
});

it('reads a link once more whose statement was cut off', async ({ rig }) => {
  await link(rig);
  const { db } = rig.storage;
  const token = await rig.identities.token(ANA);
  let isCut = false;
  const query: typeof db.query = async (text, params) => {
    if (isCut || !text.includes('from links')) return db.query<never>(text, params);
    isCut = true;
    throw new UpstreamError({ service: 'postgres', operation: 'select links', passing: true });
  };
  expect(await createIdentities({ ...rig.deps, db: { ...db, query } }).token(ANA)).toBe(token);
  expect(isCut).toBe(true);
});

for (const how of ['refused', 'carried out, and nobody heard']) {
  it(`keeps the sign-in where keeping its refreshed tokens was ${how}, once`, async ({ rig, clock, version }) => {
    await link(rig);
    const at = await version();
    const { db } = rig.storage;
    let isOver = false;
    const query: typeof db.query = async (text, params) => {
      if (isOver || !text.includes('set sealed')) return db.query<never>(text, params);
      isOver = true;
      if (how !== 'refused') await db.query(text, params);
      throw new UpstreamError({ service: 'postgres', operation: 'update grants', passing: true });
    };
    const identities = createIdentities({ ...rig.deps, db: { ...db, query } });
    const first = await rig.identities.token(ANA);
    const next = await clock.turnUntil(identities.token(ANA, { refused: first }));
    expect(next).not.toBe(first);
    expect(await version()).toBe(at + 1);
    expect(await rig.identities.token(ANA)).toBe(next);
    // What was kept is good for the next refresh too.
    expect(await rig.identities.token(ANA, { refused: next })).not.toBe(next);
  });
}

it('refreshes once for two processes too', async ({ rig, clock }) => {
  await link(rig);
  const other = createIdentities(rig.deps);
  await clock.turn(HOUR);
  const [mine, theirs] = await clock.turnUntil(Promise.all([rig.identities.token(ANA), other.token(ANA)]));
  expect(mine).toBe(theirs);
  expect(rig.tokenCalls()).toBe(2);
});

it('goes on when the process that was refreshing is dead, once its time is over', async ({ rig, clock }) => {
  await link(rig);
  await clock.turn(HOUR);
  const until = clock.now() + 2_000;
  await rig.storage.db.query('update grants set refreshing_until = $1', [new Date(until)]);
  expect(await clock.turnUntil(rig.identities.token(ANA))).toMatch(/./);
  expect(clock.now()).toBeGreaterThanOrEqual(until);
});

it('does not bring back a link that was removed during a refresh', async ({ rig, faults, clock }) => {
  await link(rig);
  const removed = Promise.withResolvers<void>();
  const first = faults.on('POST /oidc/v1/token', { until: removed.promise, times: 1 });
  await clock.turn(HOUR);
  const refreshing = rig.identities.token(ANA).catch((error: unknown) => error);
  await first.struck;
  await rig.identities.unlink(ANA);
  removed.resolve();
  expect(await refreshing).toBeInstanceOf(UserError);
  expect(await rig.identities.of(ANA)).toBeUndefined();
});

it('does not write over a link that was made during a refresh', async ({ rig, faults, clock }) => {
  await link(rig);
  const relinked = Promise.withResolvers<void>();
  const { struck } = faults.on('POST /oidc/v1/token', { until: relinked.promise, times: 1 });
  await clock.turn(HOUR);
  const late = rig.identities.token(ANA);
  await struck;
  await rig.identities.unlink(ANA);
  await link(rig);
  const fresh = await rig.identities.token(ANA);
  relinked.resolve();
  expect(await late).toBe(fresh);
  expect(await rig.identities.token(ANA)).toBe(fresh);
});

it('unlinks when Databricks ended the grant, and says so', async ({ rig, clock }) => {
  await link(rig);
  rig.databricks.endSignIns('ana@acme.example');
  await clock.turn(HOUR);
  await expect(rig.identities.token(ANA)).rejects.toThrow(UserError);
  expect(await rig.identities.of(ANA)).toBeUndefined();
  await expect(rig.identities.token(ANA)).rejects.toThrow('not connected');
});

it.for([{ status: 500 }, { status: 503 }, { status: 429 }, { close: true }])(
  'keeps the link through %o',
  async (fault, { rig, faults, clock }) => {
    await link(rig);
    faults.on('POST /oidc/v1/token', fault);
    await clock.turn(HOUR - 120_000);
    // A token with two minutes left is better than none.
    expect(await rig.identities.token(ANA)).toMatch(/./);
    await clock.turn(120_000);
    await expect(rig.identities.token(ANA)).rejects.toMatchObject({ failure: { service: 'databricks', passing: true } });
    expect(await rig.identities.of(ANA)).toBeDefined();
    faults.clear();
    expect(await rig.identities.token(ANA)).toMatch(/./);
  },
);

it('keeps the link when our own client is refused, and says so in words', async ({ rig, clock }) => {
  await link(rig);
  const wrong = createIdentities({ ...rig.deps, oauth: { ...rig.deps.oauth, clientSecret: 'wrong' } });
  await clock.turn(HOUR);
  const refused = await wrong.token(ANA).catch((error: unknown) => error);
  expect(refused).toMatchObject({ words: { problem: expect.stringContaining('this bot’s own registration') } });
  expect(refused).toMatchObject({ cause: { failure: { status: 401, passing: false } } });
  expect(await rig.identities.token(ANA)).toMatch(/./);
});

it('keeps nothing readable, and opens no bytes that were moved or changed', async ({ rig }) => {
  await link(rig);
  const token = await rig.identities.token(ANA);
  const [row] = await rig.storage.db.query<{ sealed: Buffer }>('select sealed from grants');
  expect(row?.sealed.includes(token)).toBe(false);
  await rig.storage.db.query(
    "insert into links (team, slack_user, host, databricks_id, user_name, display_name) select team, 'U_BEN', host, '2', 'ben@acme.example', 'Ben' from links",
  );
  await rig.storage.db.query(
    "insert into grants (team, slack_user, host, sealed, key_id, expires_at) select team, 'U_BEN', host, sealed, key_id, expires_at from grants",
  );
  expect(await rig.identities.of(BEN)).toBeUndefined();
  await expect(rig.identities.token(BEN)).rejects.toThrow(UserError);
  expect(await rig.identities.of(ANA)).toBeDefined();
  await rig.storage.db.query("update grants set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) where slack_user = 'U_ANA'");
  expect(await rig.identities.of(ANA)).toBeUndefined();
});

it('reads with an old key, writes with the new one, and without the key nobody is linked', async ({ rig, clock }) => {
  await link(rig);
  const rotated = createIdentities({ ...rig.deps, vaultKey: keyOf('key-2'), oldVaultKeys: [keyOf('k1')] });
  expect(await rotated.of(ANA)).toBeDefined();
  await clock.turn(HOUR);
  await rotated.token(ANA);
  expect(await rig.storage.db.query('select key_id from grants')).toEqual([{ key_id: 'key-2' }]);
  expect(await rig.identities.of(ANA)).toBeUndefined();
});

it('unlinks here first, and forgives a revocation that fails', async ({ rig, faults }) => {
  await link(rig);
  faults.on('POST /oidc/v1/revoke', { status: 500 });
  await rig.identities.unlink(ANA);
  await rig.identities.unlink(ANA);
  expect(await rig.identities.of(ANA)).toBeUndefined();
  expect(await rig.storage.db.query('select 1 as n from grants')).toEqual([]);
});

// Tokens of linked users: refreshed once, kept before used, lost only when Databricks says the grant is dead.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createIdentities } from '../../src/identity/identities.ts';
import { UpstreamError, UserError } from '../../src/values/errors.ts';
import { ANA, BEN, createRig, keyOf, link, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
beforeEach(() => rig.reset());
afterAll(() => rig.close());

const HOUR = 60 * 60_000;
const later = (ms: number) => {
  rig.clock.now = () => Date.now() + ms;
};
const version = async () => (await rig.storage.db.query<{ version: number }>('select version from grants'))[0]?.version ?? 0;

it('gives the same token until it is about to end, then refreshes once for all who ask', async () => {
  await link(rig);
  const at = await version();
  const first = await rig.identities.token(ANA);
  expect(await rig.identities.token(ANA)).toBe(first);
  expect(rig.tokenCalls()).toBe(1);
  later(HOUR - 60_000);
  const tokens = await Promise.all(Array.from({ length: 5 }, () => rig.identities.token(ANA)));
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).not.toBe(first);
  expect(rig.tokenCalls()).toBe(2);
  expect(await version()).toBe(at + 1);
  // The rotated refresh token was kept: the next refresh works too.
  later(2 * HOUR);
  expect(await rig.identities.token(ANA)).not.toBe(tokens[0]);
  expect(await version()).toBe(at + 2);
});

it('refreshes once for all who want more minutes than any token has', async () => {
  await link(rig);
  await Promise.all([rig.identities.token(ANA, { minMinutes: 600 }), rig.identities.token(ANA, { minMinutes: 600 })]);
  expect(rig.tokenCalls()).toBe(2);
});

it('refreshes once for two processes too', async () => {
  await link(rig);
  const other = createIdentities(rig.deps);
  later(HOUR);
  const [mine, theirs] = await Promise.all([rig.identities.token(ANA), other.token(ANA)]);
  expect(mine).toBe(theirs);
  expect(rig.tokenCalls()).toBe(2);
});

it('goes on when the process that was refreshing is dead', async () => {
  await link(rig);
  await rig.storage.db.query('update grants set refreshing_until = $1', [new Date(Date.now() + HOUR + 300)]);
  later(HOUR);
  const started = performance.now();
  expect(await rig.identities.token(ANA)).toMatch(/./);
  expect(performance.now() - started).toBeGreaterThan(200);
});

it('does not bring back a link that was removed during a refresh', async () => {
  await link(rig);
  rig.databricks.faults.on('POST /oidc/v1/token', { delayMs: 300, times: 1 });
  later(HOUR);
  const refreshing = rig.identities.token(ANA).catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await rig.identities.unlink(ANA);
  expect(await refreshing).toBeInstanceOf(UserError);
  expect(await rig.identities.of(ANA)).toBeUndefined();

  // Nor does it write over a link that was made meanwhile.
  await link(rig);
  rig.databricks.faults.on('POST /oidc/v1/token', { delayMs: 600, times: 1 });
  later(3 * HOUR);
  const late = rig.identities.token(ANA);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await rig.identities.unlink(ANA);
  await link(rig);
  const fresh = await rig.identities.token(ANA);
  expect([fresh]).toContain(await late);
  expect(await rig.identities.token(ANA)).toBe(fresh);
});

it('unlinks when Databricks ended the grant, and says so', async () => {
  await link(rig);
  rig.databricks.endSignIns('ana@acme.example');
  later(HOUR);
  await expect(rig.identities.token(ANA)).rejects.toThrow(UserError);
  expect(await rig.identities.of(ANA)).toBeUndefined();
  await expect(rig.identities.token(ANA)).rejects.toThrow('not connected');
});

it.each([{ status: 500 }, { status: 503 }, { status: 429 }, { close: true }])('keeps the link through %o', async (fault) => {
  await link(rig);
  rig.databricks.faults.on('POST /oidc/v1/token', fault);
  later(HOUR - 120_000);
  // A token with two minutes left is better than none.
  expect(await rig.identities.token(ANA)).toMatch(/./);
  later(HOUR);
  await expect(rig.identities.token(ANA)).rejects.toThrow(UpstreamError);
  expect(await rig.identities.of(ANA)).toBeDefined();
  rig.databricks.faults.clear();
  expect(await rig.identities.token(ANA)).toMatch(/./);
});

it('keeps the link when our own client is refused', async () => {
  await link(rig);
  const wrong = createIdentities({ ...rig.deps, oauth: { ...rig.deps.oauth, clientSecret: 'wrong' } });
  later(HOUR);
  await expect(wrong.token(ANA)).rejects.toThrow(UpstreamError);
  expect(await rig.identities.token(ANA)).toMatch(/./);
});

it('keeps nothing readable, and opens no bytes that were moved or changed', async () => {
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

it('reads with an old key, writes with the new one, and without the key nobody is linked', async () => {
  await link(rig);
  const rotated = createIdentities({ ...rig.deps, vaultKey: keyOf('key-2'), oldVaultKeys: [keyOf('k1')] });
  expect(await rotated.of(ANA)).toBeDefined();
  later(HOUR);
  await rotated.token(ANA);
  expect(await rig.storage.db.query('select key_id from grants')).toEqual([{ key_id: 'key-2' }]);
  expect(await rig.identities.of(ANA)).toBeUndefined();
});

it('unlinks here first, and forgives a revocation that fails', async () => {
  await link(rig);
  rig.databricks.faults.on('POST /oidc/v1/revoke', { status: 500 });
  await rig.identities.unlink(ANA);
  await rig.identities.unlink(ANA);
  expect(await rig.identities.of(ANA)).toBeUndefined();
  expect(await rig.storage.db.query('select 1 as n from grants')).toEqual([]);
});

// Where the sign-in service keeps its tokens and grants: one store per stand-in, so that two never see each other's.

import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { type Clock, systemClock } from '../../../values/clock.ts';

interface OidcStore {
  readonly adapter: AdapterFactory;
  /** Forgets everything issued to a user, as when an admin ends all their sign-ins. */
  forget(accountId: string): void;
}

/** What outlives a sign-in; its other steps take real time, since a browser walks through them. */
const LASTING = ['AccessToken', 'RefreshToken', 'Grant'];

interface Row {
  readonly payload: AdapterPayload;
  readonly isOver: () => boolean;
}

export function createOidcStore(clock: Clock): OidcStore {
  const rows = new Map<string, Row>();
  const live = (key: string): AdapterPayload | undefined => {
    const row = rows.get(key);
    if (row === undefined) return undefined;
    if (!row.isOver()) return row.payload;
    rows.delete(key);
    return undefined;
  };
  const drop = (matches: (payload: AdapterPayload) => boolean): void => {
    for (const [key, { payload }] of [...rows]) if (matches(payload)) rows.delete(key);
  };
  const search = (model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const key of rows.keys()) {
      const payload = key.startsWith(`${model}:`) ? live(key) : undefined;
      if (payload !== undefined && matches(payload)) return payload;
    }
    return undefined;
  };

  const adapter = (model: string): Adapter => ({
    async upsert(id, payload, expiresIn) {
      const { now } = LASTING.includes(model) ? clock : systemClock;
      const expiresAt = expiresIn ? now() + expiresIn * 1000 : Number.POSITIVE_INFINITY;
      rows.set(`${model}:${id}`, { payload, isOver: () => now() >= expiresAt });
    },
    find: async (id) => live(`${model}:${id}`),
    findByUid: async (uid) => search(model, (payload) => payload.uid === uid),
    findByUserCode: async (userCode) => search(model, (payload) => payload.userCode === userCode),
    async consume(id) {
      const payload = live(`${model}:${id}`);
      if (payload !== undefined) payload.consumed = Math.floor(systemClock.now() / 1000);
    },
    async destroy(id) {
      rows.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      drop((payload) => payload.grantId === grantId);
    },
  });
  return { adapter, forget: (accountId) => drop((payload) => payload.accountId === accountId) };
}

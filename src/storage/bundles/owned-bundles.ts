// Whose bundles they are, on a server that several people use: each sees those that they made or brought.

import type { Db } from '../db/db.ts';
import type { BundleStore } from './bundles.ts';

export interface OwnedBundles extends BundleStore {
  /** Whether `load` would answer this bundle, without loading it. */
  holds(digest: string): Promise<boolean>;
}

/**
 * The store as one person sees it. A digest is no secret (it stands in messages and logs), and a tree may hold sources that others may not
 * read. `owner` is any text that names one person of one workspace.
 */
export function ownedBundles(store: BundleStore, db: Db, owner: string): OwnedBundles {
  const holds = async (digest: string): Promise<boolean> =>
    (await db.query('select 1 from bundle_owners where owner = $1 and digest = $2', [owner, digest])).length > 0;
  return {
    ...store,
    holds,
    async save(bundle, of) {
      const digest = await store.save(bundle, of);
      await db.query('insert into bundle_owners (owner, digest) values ($1, $2) on conflict do nothing', [owner, digest]);
      return digest;
    },
    load: async (digest) => ((await holds(digest)) ? await store.load(digest) : undefined),
  };
}

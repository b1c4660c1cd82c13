// The bundles that one conversation knows.
import type { BundleStore } from './bundles.ts';

/**
 * The store as one conversation sees it: the bundles of `known` digests and those saved through it. A digest is no secret (it stands in
 * messages), and what somebody else's thread made may hold sources that this person may not read.
 */
export function knownBundles(store: BundleStore, known: Iterable<string>): BundleStore {
  const seen = new Set(known);
  return {
    ...store,
    async save(bundle, of) {
      const digest = await store.save(bundle, of);
      seen.add(digest);
      return digest;
    },
    load: async (digest) => (seen.has(digest) ? store.load(digest) : undefined),
  };
}

// Bundles as one conversation sees them: what was called a secret in one of them is a secret in all.
import type { CalledSecret } from '../../bundle/model/bundle.ts';
import { calledIn, callSecrets, type TreeWithSecrets } from '../../bundle/secrets/called-secrets.ts';
import type { BundleStore } from './bundles.ts';

interface Called {
  list(): Promise<CalledSecret[]>;
  keep(secrets: readonly CalledSecret[]): Promise<void>;
}

/** The store with everything that was `called` a secret in the conversation; what is new in a bundle is kept there. */
export function conversationBundles(store: BundleStore, called: Called): BundleStore {
  async function noted(tree: TreeWithSecrets): Promise<CalledSecret[]> {
    const before = await called.list();
    const known = new Set(before.map(({ value }) => value));
    const fresh = calledIn({ ...tree, called: before }).filter(({ value }) => !known.has(value));
    if (fresh.length === 0) return before;
    await called.keep(fresh);
    return called.list();
  }

  return {
    ...store,
    called: noted,
    async save(bundle, of) {
      const digest = await store.save(bundle, of);
      await noted(bundle);
      return digest;
    },
    async load(digest) {
      const stored = await store.load(digest);
      if (stored === undefined) return undefined;
      const { bundle } = stored;
      const all = await noted(bundle);
      return { ...stored, bundle: { ...bundle, called: all, secrets: callSecrets({ ...bundle, called: all }) } };
    },
  };
}

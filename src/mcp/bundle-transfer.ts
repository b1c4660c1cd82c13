// A stored bundle as a text that is sent over HTTP, and kept on the other side with its definition and its parent.
import { bundleText, type CarriedBundle } from '../storage/bundles/bundle-text.ts';
import type { BundleStore, StoredBundle } from '../storage/bundles/bundles.ts';

export async function transferText(bundles: BundleStore, { bundle, definitionId, parent }: StoredBundle): Promise<string> {
  const definition = definitionId === undefined ? undefined : await bundles.loadDefinition(definitionId);
  return bundleText({ bundle, definition, parent });
}

/** Keeps a bundle; its parent only where this store holds it too. `brought`: what is already kept of the same files stays as it is. */
export async function keepTransferred(
  bundles: BundleStore,
  host: string,
  { bundle, definition, parent }: CarriedBundle,
  origin: { readonly brought?: true } = {},
): Promise<void> {
  const known = parent !== undefined && (await bundles.load(parent)) !== undefined ? parent : undefined;
  const definitionId = definition === undefined ? undefined : await bundles.saveDefinition(host, definition);
  await bundles.save(bundle, { definitionId, parent: known, ...origin });
}

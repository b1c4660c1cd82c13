// What is stored of a version: its bundle, and the proof as one person's CLI resolved it.
import type { Bundle, BundleFile } from '../bundle/model/bundle.ts';
import { proofFiles } from '../bundle/proof/render.ts';
import type { BundleStore } from '../storage/bundles/bundles.ts';
import type { ProofStore } from '../storage/bundles/proofs.ts';
import type { ProvedAs } from './thread-port.ts';

export interface VersionStores {
  readonly bundlesIn: (conversationId: string) => Pick<BundleStore, 'load'>;
  readonly proofs: Pick<ProofStore, 'load'>;
}

/** What the zip of a bundle holds: the bundle as its conversation sees it, and PROOF.md and PROOF.json where it was proven. */
export async function contentsOf(
  { bundlesIn, proofs }: VersionStores,
  conversationId: string,
  { bundleDigest, as }: { readonly bundleDigest: string; readonly as: ProvedAs },
): Promise<{ bundle: Bundle; report: readonly BundleFile[] }> {
  const loaded = await bundlesIn(conversationId).load(bundleDigest);
  if (loaded === undefined) throw new Error(`bundle ${bundleDigest} is not stored`);
  const proof = await proofs.load({ bundleDigest, ...as });
  return { bundle: loaded.bundle, report: proof === undefined ? [] : proofFiles(proof) };
}

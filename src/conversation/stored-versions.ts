// What is stored of a version: its bundle and what that was made of, and the proof as one person's CLI resolved it.
import type { Bundle, BundleFile, JobDefinition } from '../bundle/model/bundle.ts';
import { proofFiles } from '../bundle/proof/render.ts';
import type { BundleStore } from '../storage/bundles/bundles.ts';
import type { ProofStore } from '../storage/bundles/proofs.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import { UserError } from '../values/errors.ts';
import { during } from '../values/stalls.ts';
import { diffVersions, type FileChange } from './story/file-changes.ts';
import type { ProvedAs } from './thread-port.ts';

export interface VersionStores {
  readonly bundlesIn: (conversationId: string) => Pick<BundleStore, 'load'>;
  readonly proofs: Pick<ProofStore, 'load'>;
}

/** The bundle of a version as its conversation sees it. */
export async function bundleOf(
  { bundlesIn }: Pick<VersionStores, 'bundlesIn'>,
  conversationId: string,
  { bundleDigest }: { readonly bundleDigest: string },
): Promise<Bundle> {
  const loaded = await bundlesIn(conversationId).load(bundleDigest);
  if (loaded === undefined) throw new Error(`bundle ${bundleDigest} is not stored`);
  return loaded.bundle;
}

/** What the zip of a bundle holds: the bundle as its conversation sees it, and PROOF.md and PROOF.json where it was proven. */
export async function contentsOf(
  stores: VersionStores,
  conversationId: string,
  { bundleDigest, as }: { readonly bundleDigest: string; readonly as: ProvedAs },
): Promise<{ bundle: Bundle; report: readonly BundleFile[] }> {
  const bundle = await bundleOf(stores, conversationId, { bundleDigest });
  const proof = await stores.proofs.load({ bundleDigest, ...as });
  return { bundle, report: proof === undefined ? [] : proofFiles(proof) };
}

/** A bundle with the definition that it was made of. */
export async function loadWhole(bundles: BundleStore, digest: string): Promise<{ bundle: Bundle; definition: JobDefinition }> {
  const loaded = await bundles.load(digest);
  const definition = loaded?.definitionId === undefined ? undefined : await bundles.loadDefinition(loaded.definitionId);
  if (loaded === undefined || definition === undefined) throw new Error(`bundle ${digest} is not stored whole`);
  return { bundle: loaded.bundle, definition };
}

/** Whatever a notebook talked the model into: a thread's bundles are of its own job or folder, and are proven against it. */
export async function requireOwnSubject(bundles: BundleStore, digest: string, { subject }: ConversationRow): Promise<void> {
  const loaded = await bundles.load(digest);
  const definition = loaded?.definitionId === undefined ? undefined : await bundles.loadDefinition(loaded.definitionId);
  const own = 'jobId' in subject ? definition?.jobId === subject.jobId : definition?.folder === subject.folder;
  if (own) return;
  const about = 'jobId' in subject ? `job ${subject.jobId}` : `the folder ${subject.folder}`;
  throw new UserError({
    doing: 'Making a new version',
    problem: `the result is not a bundle of ${about}, which this thread is about, so I dropped it.`,
    next: 'Use `/dab job` or `/dab workspace` for another one, or ask again here.',
  });
}

export async function changesBetween(bundles: BundleStore, before: string, after: string): Promise<readonly FileChange[] | undefined> {
  const [old, now] = [await bundles.load(before), await bundles.load(after)];
  return old && now && during('comparing two versions', () => diffVersions(old.bundle, now.bundle));
}

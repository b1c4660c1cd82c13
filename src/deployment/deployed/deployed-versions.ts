// The versions of a bundle that may lie in a place: what is as none of them has it, somebody has edited there.
import type { Bundle, BundleFile } from '../../bundle/model/bundle.ts';
import type { ProposalRows } from '../../storage/deployment-proposals.ts';

/** Empty where this bot has deployed nothing there. */
export async function deployedVersions(
  rows: Pick<ProposalRows, 'bundlesAt'>,
  loadBundle: (digest: string) => Promise<Bundle | undefined>,
  place: Parameters<ProposalRows['bundlesAt']>[0],
): Promise<(readonly BundleFile[])[]> {
  const bundles = await Promise.all((await rows.bundlesAt(place)).map(loadBundle));
  return bundles.flatMap((bundle) => (bundle === undefined ? [] : [bundle.files]));
}

// The files of the bundle that was deployed last in the place of another: what is different there now, somebody has edited.
import type { Bundle, BundleFile } from '../../bundle/model/bundle.ts';
import type { ProposalRow, ProposalRows } from '../../storage/deployment-proposals.ts';

type Place = Pick<ProposalRow, 'host' | 'target' | 'userName' | 'bundleDigest'>;

/** Undefined where this bot has deployed nothing there. */
export async function lastDeployedFiles(
  rows: Pick<ProposalRows, 'lastDeployed'>,
  loadBundle: (digest: string) => Promise<Bundle | undefined>,
  place: Place,
): Promise<readonly BundleFile[] | undefined> {
  const digest = await rows.lastDeployed(place);
  return digest === undefined ? undefined : (await loadBundle(digest))?.files;
}

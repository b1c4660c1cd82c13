// Bundles over HTTP beside MCP: a host fetches what a tool made, and puts back what the server has lost.
import type { Response } from 'express';
import { findSecrets } from '../../analysis/secrets/find.ts';
import { checkBundle } from '../../bundle/check/check-bundle.ts';
import { pathProblem } from '../../bundle/model/paths.ts';
import { bundleFrom, bundleText } from '../../storage/bundles/bundle-text.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import type { OwnedBundles } from '../../storage/bundles/owned-bundles.ts';

/** HEAD: 204 where this person has the bundle, else 404. */
export async function headBundle(bundles: OwnedBundles, digest: string, response: Response): Promise<void> {
  response.status((await bundles.holds(digest)) ? 204 : 404).end();
}

/** GET: the bundle with its definition as text (storage/bundle-text); 404 where this person has no such bundle. */
export async function getBundle(bundles: BundleStore, digest: string, response: Response): Promise<void> {
  const stored = await bundles.load(digest);
  if (stored === undefined) return say(response, 404, 'You have no bundle with this digest here.');
  const definition = stored.definitionId === undefined ? undefined : await bundles.loadDefinition(stored.definitionId);
  response.type('json').send(bundleText({ bundle: stored.bundle, definition, parent: stored.parent }));
}

/**
 * PUT: keeps a bundle for this person. What it says of itself is not believed where it matters to others: the digest is that of its files,
 * and its secrets are looked for again.
 */
export async function putBundle(bundles: BundleStore, host: string, digest: string, body: unknown, response: Response): Promise<void> {
  const carried = typeof body === 'string' ? bundleFrom(body) : undefined;
  if (carried === undefined) return say(response, 400, 'The body is not a bundle as GET answers it.');
  const { bundle, definition } = carried;
  if (bundle.digest !== digest) return say(response, 409, 'The digest of these files is another one.');
  // A path or a size that no bundle has; other rules may be broken while somebody repairs it.
  const path = bundle.files.map((file) => pathProblem(file.path)).find((problem) => problem !== undefined);
  const size = checkBundle(bundle.files).find(({ level, place }) => level === 'error' && place === '');
  if (path !== undefined || size !== undefined) return say(response, 400, path ?? size?.message ?? '');
  const parent = carried.parent !== undefined && (await bundles.load(carried.parent)) !== undefined ? carried.parent : undefined;
  const definitionId = definition === undefined ? undefined : await bundles.saveDefinition(host, definition);
  await bundles.save({ ...bundle, secrets: await findSecrets(bundle.files) }, { definitionId, parent, brought: true });
  response.status(204).end();
}

function say(response: Response, status: number, message: string): void {
  response.status(status).json({ message });
}

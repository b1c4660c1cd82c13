// Bundles over HTTP, beside MCP: a client fetches what a tool made, and puts back what the server has lost.
import type { Response } from 'express';
import { findSecrets } from '../../analysis/secrets/find.ts';
import { checkBundle } from '../../bundle/check/check-bundle.ts';
import { pathProblem } from '../../bundle/model/paths.ts';
import { callSecrets } from '../../bundle/secrets/called-secrets.ts';
import { bundleFrom } from '../../storage/bundles/bundle-text.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import type { OwnedBundles } from '../../storage/bundles/owned-bundles.ts';
import { keepTransferred, transferText } from '../bundle-transfer.ts';

/** HEAD: 204 where this person has the bundle, else 404. */
export async function headBundle(bundles: OwnedBundles, digest: string, response: Response): Promise<void> {
  response.status((await bundles.holds(digest)) ? 204 : 404).end();
}

/** GET: the bundle with its definition as text (storage/bundle-text); 404 where this person has no such bundle. */
export async function getBundle(bundles: BundleStore, digest: string, response: Response): Promise<void> {
  const stored = await bundles.load(digest);
  if (stored === undefined) return answerMessage(response, 404, 'You have no bundle with this digest here.');
  response.type('json').send(await transferText(bundles, stored));
}

/**
 * PUT: keeps a bundle for this person. What it says of itself is not taken on trust: the digest must be that of its files, and its secrets
 * are searched for again.
 */
export async function putBundle(
  bundles: BundleStore,
  { host, digest, body }: { readonly host: string; readonly digest: string; readonly body: unknown },
  response: Response,
): Promise<void> {
  const carried = typeof body === 'string' ? bundleFrom(body) : undefined;
  if (carried === undefined) return answerMessage(response, 400, 'The body is not a bundle as GET answers it.');
  const { bundle } = carried;
  if (bundle.digest !== digest) return answerMessage(response, 409, 'The digest of these files is another one.');
  // Only paths and sizes that no bundle may have: other rules may be broken while somebody repairs the bundle.
  const path = bundle.files.map((file) => pathProblem(file.path)).find((problem) => problem !== undefined);
  const size = checkBundle(bundle.files).find(({ level, place }) => level === 'error' && place === '');
  if (path !== undefined || size !== undefined) return answerMessage(response, 400, path ?? size?.message ?? '');
  // More may be called a secret than the scanner finds, never less.
  const found = await findSecrets(bundle.files);
  const brought = bundle.secrets.filter(
    (one) => !found.some(({ path, start, end }) => path === one.path && start < one.end && end > one.start),
  );
  const secrets = callSecrets({ files: bundle.files, secrets: [...brought, ...found] });
  const checked = { ...carried, bundle: { ...bundle, secrets } };
  await keepTransferred(bundles, host, checked, { brought: true });
  response.status(204).end();
}

function answerMessage(response: Response, status: number, message: string): void {
  response.status(status).json({ message });
}

// Masks the secrets in a text that was read from the workspace.
import { findSecrets } from '../../../analysis/secrets/find.ts';
import type { Source } from '../../../bundle/model/bundle.ts';
import { createMask } from '../../../bundle/secrets/mask-secrets.ts';
import type { BundleStore } from '../../../storage/bundles/bundles.ts';

/**
 * The text with a mask for every secret that the scanner finds in it, or in the `source` that it was made from, and for all that the
 * conversation of these bundles ever called one.
 */
export async function maskText(
  text: string,
  { bundles, source }: { readonly bundles?: Pick<BundleStore, 'called'>; readonly source?: Pick<Source, 'bytes'> },
): Promise<string> {
  const whole = { path: 'text', bytes: new TextEncoder().encode(text) };
  const files = [whole, ...(source === undefined ? [] : [{ path: 'source', bytes: source.bytes }])];
  const tree = { files, secrets: await findSecrets(files) };
  return createMask({ ...tree, called: await bundles?.called?.(tree) }).file(whole);
}

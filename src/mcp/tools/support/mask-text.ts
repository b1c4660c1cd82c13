// Foreign text on its way out of a tool, without the secrets in it: of a bundle's file, or of something read from the workspace.
import { findSecrets } from '../../../analysis/secrets/find.ts';
import type { Source } from '../../../bundle/model/bundle.ts';
import { createMask } from '../../../bundle/model/mask-secrets.ts';

/** The text with every secret that the scanner finds in it, or in the source it was made from, replaced by what it is. */
export async function maskText(text: string, source?: Pick<Source, 'bytes'>): Promise<string> {
  const files = [
    { path: 'text', bytes: new TextEncoder().encode(text) },
    ...(source === undefined ? [] : [{ path: 'source', bytes: source.bytes }]),
  ];
  return createMask({ files, secrets: await findSecrets(files) }).mask(text);
}

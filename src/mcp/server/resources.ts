// Bundle files as MCP resources, bundle://<bundle_id>/<path>: as text where they are text, else as a blob.
import { ErrorCode, McpError, type ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import { createMask } from '../../bundle/secrets/mask-secrets.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import type { Logger } from '../../values/log.ts';
import { fileText } from '../tools/support/file-text.ts';

export async function readBundleResource(bundles: BundleStore, log: Logger, uri: URL): Promise<ReadResourceResult> {
  const path = decodeURIComponent(uri.pathname.slice(1));
  const stored = await bundles.load(uri.host).catch((error: unknown) => {
    log.error({ err: error, uri: uri.href }, 'a bundle could not be loaded');
    throw new McpError(ErrorCode.InternalError, 'The bundle could not be loaded.');
  });
  const file = stored?.bundle.files.find((candidate) => candidate.path === path);
  if (stored === undefined || file === undefined) throw new McpError(ErrorCode.InvalidParams, 'There is no such file in this bundle.');
  const plain = fileText(file.bytes);
  const mask = createMask(stored.bundle);
  const isHidden = mask.spans(file).length > 0;
  const content =
    plain === undefined
      ? { blob: Buffer.from(isHidden ? mask.bytes(file) : file.bytes).toString('base64') }
      : { mimeType: 'text/plain', text: isHidden ? mask.file(file) : plain };
  return { contents: [{ uri: uri.href, ...content }] };
}

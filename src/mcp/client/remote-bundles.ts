// Moves bundles between our store and a remote server's: what it made comes here, what it has lost goes back.
import { bundleFrom } from '../../storage/bundles/bundle-text.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import { keepTransferred, transferText } from '../bundle-transfer.ts';
import type { Connection } from './remote-connection.ts';

interface RemoteBundles {
  /** Sends the server this bundle, unless it holds it already or we do not have it. */
  restore(digest: string): Promise<void>;
  /** Fetches a bundle that the server made into our store. */
  fetch(digest: string): Promise<void>;
}

export function createRemoteBundles(connection: Connection, server: URL, bundles: BundleStore, host: string): RemoteBundles {
  const address = (digest: string) => new URL(`/bundles/${digest}`, server);

  async function restore(digest: string): Promise<void> {
    // Asked before every call: a server that held it a moment ago may have been started anew.
    const held = await connection.fetch(address(digest), { method: 'HEAD' });
    if (held.status !== 404) return await requireOk(held, 'asked for');
    const stored = await bundles.load(digest);
    if (stored === undefined) return;
    // The first version first: only compared with it can an edit be told from a loss.
    if (stored.parent !== undefined) await restore(stored.parent);
    const body = await transferText(bundles, stored);
    await requireOk(await connection.fetch(address(digest), { method: 'PUT', body }), 'put back');
  }

  return {
    restore,
    async fetch(digest) {
      const response = await connection.fetch(address(digest));
      if (!response.ok) return await requireOk(response, 'fetched');
      const carried = bundleFrom(await response.text());
      if (carried === undefined || carried.bundle.digest !== digest) throw new Error('The server answered another bundle.');
      await keepTransferred(bundles, host, carried);
    },
  };
}

async function requireOk(response: Response, what: string): Promise<void> {
  await response.body?.cancel();
  if (!response.ok) throw new Error(`A bundle could not be ${what} (${response.status}).`);
}

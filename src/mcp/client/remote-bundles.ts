// Carries bundles between our store and a remote server's: what it made comes here, what it has lost goes back.
import { bundleFrom, bundleText } from '../../storage/bundles/bundle-text.ts';
import type { BundleStore } from '../../storage/bundles/bundles.ts';
import type { Line } from './remote-line.ts';

export interface Carrier {
  /** Sees to it that the server holds this bundle, where we do. */
  bring(digest: string): Promise<void>;
  /** Fetches a bundle that the server made into our store. */
  take(digest: string): Promise<void>;
}

export function createCarrier(line: Line, server: URL, bundles: BundleStore, host: string): Carrier {
  const address = (digest: string) => new URL(`/bundles/${digest}`, server);

  async function bring(digest: string): Promise<void> {
    // Asked before every call: whether it was there a moment ago says nothing of a server that was started anew.
    const there = await line.fetch(address(digest), { method: 'HEAD' });
    if (there.status === 404) {
      const stored = await bundles.load(digest);
      if (stored === undefined) return;
      const { bundle, parent, definitionId } = stored;
      // The first version first: edits are told from losses by what they came from.
      if (parent !== undefined) await bring(parent);
      const definition = definitionId === undefined ? undefined : await bundles.loadDefinition(definitionId);
      await done(await line.fetch(address(digest), { method: 'PUT', body: bundleText({ bundle, definition, parent }) }), 'put back');
    } else await done(there, 'asked for');
  }

  return {
    bring,
    async take(digest) {
      const response = await line.fetch(address(digest));
      if (!response.ok) return await done(response, 'fetched');
      const carried = bundleFrom(await response.text());
      if (carried === undefined || carried.bundle.digest !== digest) throw new Error('The server answered another bundle.');
      const { bundle, definition } = carried;
      const parent = carried.parent !== undefined && (await bundles.load(carried.parent)) !== undefined ? carried.parent : undefined;
      const definitionId = definition === undefined ? undefined : await bundles.saveDefinition(host, definition);
      await bundles.save(bundle, { definitionId, parent });
    },
  };
}

async function done(response: Response, what: string): Promise<void> {
  await response.body?.cancel();
  if (!response.ok) throw new Error(`A bundle could not be ${what} (${response.status}).`);
}

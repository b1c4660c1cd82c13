// Schemas of Unity Catalog: whether one is there, as far as this person can tell.
import { UpstreamError } from '../../values/errors.ts';
import { unlessUnreadable } from '../http/errors.ts';
import type { Requests } from '../http/requests.ts';

/**
 * `name`: catalog and schema. Undefined where it can't be told: the catalog is not there, or this person may not look into it
 * (facts: databricks#schemas-of-unity-catalog).
 */
export async function isSchemaThere(requests: Requests, name: string, signal?: AbortSignal): Promise<boolean | undefined> {
  return await unlessUnreadable(`Looking for schema ${name}`, async () => {
    try {
      await requests.getJson(`/api/2.1/unity-catalog/schemas/${encodeURIComponent(name)}`, {}, signal);
      return true;
    } catch (error) {
      if (error instanceof UpstreamError && error.failure.status === 404 && error.failure.code === 'SCHEMA_DOES_NOT_EXIST') return false;
      throw error;
    }
  });
}

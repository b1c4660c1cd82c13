// The user that a token belongs to, and the workspace that they are in.
import { objectsIn } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { strangeAnswer, unlessAnsweredWithError, withErrorWords } from '../http/errors.ts';
import { id as idIn } from '../http/json-fields.ts';
import type { Requests } from '../http/requests.ts';

export interface Me {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  /** The names of their groups, `users` among them; of nobody else the API tells groups to somebody who is no admin. */
  readonly groups: readonly string[];
}

/** SCIM Me. A workspace allows 255 of these a minute (facts: databricks#rate-limits), so ask once per sign-in, not once per call. */
export async function me(requests: Requests, signal?: AbortSignal): Promise<Me> {
  const doing = 'Asking Databricks who you are';
  const body = await withErrorWords(doing, 'Databricks does not know this user.', () =>
    requests.getJson('/api/2.0/preview/scim/v2/Me', {}, signal),
  );
  const { id, userName, displayName } = body;
  if (typeof userName !== 'string' || (typeof id !== 'string' && typeof id !== 'bigint' && typeof id !== 'number'))
    throw strangeAnswer(doing, 'The answer names no user.');
  const groups = objectsIn(body.groups).flatMap(({ display }) => (typeof display === 'string' ? [display] : []));
  return { id: String(id), userName, displayName: textOf(displayName) ?? userName, groups };
}

/** The id of this workspace; undefined where it can't be read (facts: databricks#job-definitions). */
export async function workspaceId(requests: Requests, signal?: AbortSignal): Promise<string | undefined> {
  const found = await unlessAnsweredWithError(() => requests.getJson('/.well-known/databricks-config', {}, signal));
  return idIn(found?.workspace_id);
}

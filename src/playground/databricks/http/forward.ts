// In place of our own state: every API request goes to a real workspace with one token, and its owner is who signs in here.
import { type Answer, type Call, redirect, type User } from './answer.ts';
import { isObject, parseJson } from './json.ts';

export interface ForwardTo {
  /** Such as `https://acme.cloud.databricks.com`. */
  readonly host: string;
  readonly token: string;
}

export interface Forward {
  readonly user: User;
  readonly workspaceId: string | undefined;
  send(call: Call, search: string, contentType: string | undefined): Promise<Answer>;
  /** A page that isn't ours is the real workspace's. */
  page(pathAndSearch: string): Answer;
}

const PASSED_BACK = ['content-type', 'retry-after', 'x-databricks-org-id', 'x-request-id'];

/** Asks SCIM Me whose token it is; throws where the workspace can't be reached or refuses. TLS certificates are verified (fetch does). */
export async function createForward(to: ForwardTo): Promise<Forward> {
  const host = to.host.replace(/\/+$/, '');
  const headers = { authorization: `Bearer ${to.token}` };
  const me = await fetch(`${host}/api/2.0/preview/scim/v2/Me`, { headers });
  if (!me.ok) throw new Error(`The workspace ${host} refused the token (SCIM Me answered ${me.status}).`);
  const body = parseJson(await me.text());
  if (!isObject(body) || typeof body.userName !== 'string') throw new Error(`The workspace ${host} did not say whose token it is.`);
  const user: User = {
    userName: body.userName,
    id: String(body.id ?? ''),
    displayName: String(body.displayName ?? body.userName),
    admin: false,
    groups: [],
  };

  return {
    user,
    workspaceId: me.headers.get('x-databricks-org-id') ?? undefined,
    async send(call, search, contentType) {
      const response = await fetch(`${host}${call.path}${search}`, {
        method: call.method,
        redirect: 'manual',
        headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
        ...(call.method === 'GET' || call.method === 'HEAD' ? {} : { body: new Uint8Array(call.body) }),
      });
      const passed = PASSED_BACK.flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()), headers: Object.fromEntries(passed) };
    },
    page: (pathAndSearch) => redirect(`${host}${pathAndSearch}`),
  };
}

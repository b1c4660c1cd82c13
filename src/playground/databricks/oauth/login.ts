// The sign-in page: who are you, and may this application act for you; one form, one click.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { User } from '../http/answer.ts';
import { escapeHtml, htmlPage } from '../http/html.ts';
import type { Oidc } from './oidc.ts';

const SCOPE_WORDS: Readonly<Record<string, string>> = {
  'all-apis': 'use all APIs of this workspace as you',
  offline_access: 'stay signed in until you disconnect it',
  openid: 'know who you are',
};

/** Serves GET and POST /oidc/login/:uid. `body` is the form that was posted. */
export async function serveLogin(
  deps: { oidc: Oidc; workspaceName: string; users: () => readonly User[] },
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  const { provider } = deps.oidc;
  let details: Awaited<ReturnType<typeof provider.interactionDetails>>;
  try {
    details = await provider.interactionDetails(request, response);
  } catch {
    write(
      response,
      400,
      htmlPage(
        'Sign in',
        deps.workspaceName,
        '<div class="card"><h1>This sign-in is over</h1><p>Start again from where you came.</p></div>',
        true,
      ),
    );
    return;
  }
  const params = details.params as Record<string, string | undefined>;
  if (request.method !== 'POST') {
    write(response, 200, htmlPage('Sign in', deps.workspaceName, form(deps.users(), params), true));
    return;
  }
  const chosen = new URLSearchParams(body.toString('utf8')).get('account');
  const user = deps.users().find((candidate) => candidate.userName === chosen);
  if (user === undefined) {
    await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'The user denied the request.' });
    return;
  }
  const grant = new provider.Grant({ accountId: user.userName, ...(params.client_id === undefined ? {} : { clientId: params.client_id }) });
  grant.addOIDCScope(params.scope ?? 'openid');
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, { login: { accountId: user.userName }, consent: { grantId } });
}

function form(users: readonly User[], params: Record<string, string | undefined>): string {
  const wishes = (params.scope ?? '').split(' ').flatMap((scope) => SCOPE_WORDS[scope] ?? []);
  const buttons = users.map(
    (user) =>
      `<button name="account" value="${escapeHtml(user.userName)}"><b>${escapeHtml(user.displayName)}</b><br><span class="soft">${escapeHtml(user.userName)}</span></button>`,
  );
  return `<form class="card" method="post"><h1>Sign in</h1><p><b>${escapeHtml(params.client_id ?? 'An application')}</b> asks to ${escapeHtml(wishes.join(', ') || 'sign you in')}.</p>
<p class="soft">Continue as</p>${buttons.join('')}<button class="plain" name="account" value="">Cancel</button></form>`;
}

function write(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
}

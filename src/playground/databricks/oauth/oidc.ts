// The workspace's sign-in under /oidc: the certified oidc-provider with Databricks' paths, scopes, lifetimes and rotation (facts: libraries#oidc-provider).
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Configuration, type JWK, Provider } from 'oidc-provider';
import type { Clock } from '../../../values/clock.ts';
import type { User } from '../http/answer.ts';
import { escapeHtml, htmlPage } from '../http/html.ts';
import { createOidcStore } from './oidc-store.ts';

/** Lifetimes of a custom OAuth app's tokens, in seconds: 60 minutes and 7 days (facts: databricks#sign-in-with-oauth). */
const ACCESS_TOKEN_SECONDS = 3600;
const REFRESH_TOKEN_SECONDS = 7 * 24 * 3600;
const SCOPES = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'all-apis',
  'jobs',
  'workspace',
  'sql',
  'clusters',
  'pipelines',
  'iam.current-user:read',
];

export interface OAuthClient {
  readonly clientId: string;
  /** Without a secret the client is public. */
  readonly clientSecret?: string | undefined;
  /** Without one it is a service principal, which signs in as itself with its id and secret. */
  readonly redirectUri?: string | undefined;
  /** How a confidential client shows its secret; Databricks documents HTTP Basic. */
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post' | undefined;
}

export interface Oidc {
  readonly provider: Provider;
  register(client: OAuthClient): void;
  /** Serves a request under /oidc; the prefix is stripped here. */
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Who an access token belongs to; the application id of a service principal. */
  userOfToken(token: string): Promise<string | undefined>;
  /** Ends every sign-in of a user: refresh tokens answer invalid_grant, access tokens are refused. */
  endSignIns(userName: string): void;
}

export function createOidc(options: {
  host: string;
  workspaceName: string;
  users: () => readonly User[];
  accessTokenSeconds?: number | undefined;
  /** The lifetimes of tokens go by it; those of a sign-in's steps, which a browser takes, by the machine's. */
  clock: Clock;
}): Oidc {
  const clients = new Map<string, OAuthClient>();
  const store = createOidcStore(options.clock);
  const find = (userName: string): User | undefined => options.users().find((user) => user.userName === userName);
  const configuration: Configuration = {
    adapter: (model) => {
      const adapter = store.adapter(model);
      return model === 'Client' ? { ...adapter, find: async (id: string) => clientMetadata(clients.get(id)) } : adapter;
    },
    findAccount: (_ctx, accountId) => {
      const user = find(accountId);
      return user === undefined
        ? undefined
        : { accountId, claims: () => ({ sub: accountId, email: user.userName, name: user.displayName }) };
    },
    claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
    // Databricks puts the e-mail into the id_token; the standard would keep it for the userinfo endpoint.
    conformIdTokenClaims: false,
    scopes: SCOPES,
    responseTypes: ['code'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(24).toString('hex')], names: { session: '_dbx_sso', interaction: '_dbx_login', resume: '_dbx_resume' } },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: false },
    },
    renderError(ctx, out) {
      const words = `<div class="card"><h1>Sign-in failed</h1><p>${escapeHtml(out.error_description ?? '')}</p><p class="soft">${escapeHtml(out.error)}</p></div>`;
      ctx.type = 'html';
      ctx.body = htmlPage('Sign-in failed', options.workspaceName, words, true);
    },
    interactions: { url: (_ctx, interaction) => `/oidc/login/${interaction.uid}` },
    routes: { authorization: '/v1/authorize', token: '/v1/token', revocation: '/v1/revoke', userinfo: '/v1/userinfo', jwks: '/jwks.json' },
    ttl: {
      AccessToken: options.accessTokenSeconds ?? ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      RefreshToken: REFRESH_TOKEN_SECONDS,
      Grant: REFRESH_TOKEN_SECONDS,
      AuthorizationCode: 60,
      Interaction: 600,
      Session: 24 * 3600,
    },
  };
  const provider = new Provider(`${options.host}/oidc`, configuration);
  const handle = provider.callback();

  return {
    provider,
    register(client) {
      clients.set(client.clientId, client);
    },
    async serve(request, response) {
      const stripped = withPrompt((request.url ?? '').replace(/^\/oidc/, ''));
      // oidc-provider finds its mount path by comparing the two.
      Object.assign(request, { originalUrl: `/oidc${stripped}`, url: stripped });
      await handle(request, response);
    },
    async userOfToken(token) {
      return (await provider.AccessToken.find(token))?.accountId ?? (await provider.ClientCredentials.find(token))?.clientId;
    },
    endSignIns: store.forget,
  };
}

/**
 * Databricks knows no `prompt`: offline_access alone yields a refresh token. oidc-provider drops offline_access without `prompt=consent`, so the
 * stand-in adds it; `login` makes the page ask who you are each time, which is what somebody who plays two people needs.
 */
function withPrompt(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://stand-in.test');
  if (pathname === '/.well-known/oauth-authorization-server') return '/.well-known/openid-configuration';
  if (pathname !== '/v1/authorize') return url;
  searchParams.set('prompt', 'login consent');
  return `${pathname}?${searchParams}`;
}

function clientMetadata(client: OAuthClient | undefined) {
  if (client === undefined) return undefined;
  return {
    client_id: client.clientId,
    client_name: client.clientId,
    ...(client.redirectUri === undefined
      ? { redirect_uris: [], grant_types: ['client_credentials'], response_types: [] }
      : {
          redirect_uris: [client.redirectUri],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code' as const],
        }),
    ...(client.clientSecret === undefined
      ? { token_endpoint_auth_method: 'none' as const }
      : { client_secret: client.clientSecret, token_endpoint_auth_method: client.authMethod ?? ('client_secret_basic' as const) }),
  };
}

/** One key per process: making an RSA key takes a moment, and nobody checks it across stand-ins. */
let key: JWK | undefined;
function signingKey(): JWK {
  key ??= {
    ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
    use: 'sig',
    alg: 'RS256',
    kid: 'stand-in',
  };
  return key;
}

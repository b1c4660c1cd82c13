// The door to Databricks' OAuth: authorization code with PKCE, refresh and revocation, through openid-client.
import * as client from 'openid-client';
import type { Clock } from '../values/clock.ts';
import { codeOf, UpstreamError } from '../values/errors.ts';

export interface OAuthOptions {
  /** The workspace, such as `https://dbc-1.cloud.example`. */
  readonly host: string;
  readonly clientId: string;
  /** A confidential client's; without it the client is public. */
  readonly clientSecret?: string | undefined;
  /** Exactly as registered: publicUrl + '/auth/callback'. */
  readonly redirectUri: string;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly expiresAt: Date;
}

export interface OAuth {
  authorizeUrl(input: { state: string; verifier: string }): Promise<string>;
  /** Trades the callback's code for tokens. Throws UpstreamError; its code is the server's `error`. */
  exchange(input: { params: URLSearchParams; state: string; verifier: string }): Promise<Tokens>;
  /** Throws UpstreamError; with code INVALID_GRANT the sign-in is over, with any other it may live on. */
  refresh(refreshToken: string): Promise<Tokens>;
  /** Throws UpstreamError, also when the server names no revocation endpoint. */
  revoke(token: string): Promise<void>;
}

/** OAuth's one error after which a sign-in is over; invalid_client, 5xx and network trouble are not (facts: databricks#sign-in-with-oauth). */
export const INVALID_GRANT = 'invalid_grant';
/** offline_access yields the refresh token, the OpenID ones the id_token (facts: databricks#sign-in-with-oauth). */
const SCOPES = 'all-apis offline_access openid email profile';
const TIMEOUT_SECONDS = 10;
/** Where the server doesn't say how long a token lives: Databricks' default (facts: databricks#sign-in-with-oauth). */
const DEFAULT_TTL_SECONDS = 3600;

export function createOAuth(options: OAuthOptions, clock: Clock): OAuth {
  let discovered: Promise<client.Configuration> | undefined;

  const discover = async (): Promise<client.Configuration> => {
    const server = new URL(`${options.host.replace(/\/$/, '')}/oidc`);
    // Plain http is for stand-ins on this machine only; for any other host openid-client refuses it (facts: libraries#openid-client).
    const execute = ['localhost', '127.0.0.1', '[::1]'].includes(server.hostname) ? [client.allowInsecureRequests] : [];
    const authentication = options.clientSecret === undefined ? client.None() : client.ClientSecretBasic(options.clientSecret);
    return client.discovery(server, options.clientId, undefined, authentication, { execute, timeout: TIMEOUT_SECONDS });
  };

  /** Once; a failure is not kept. */
  const configuration = async (): Promise<client.Configuration> => {
    discovered ??= asking('discover the sign-in endpoints', discover);
    try {
      return await discovered;
    } catch (error) {
      discovered = undefined;
      throw error;
    }
  };

  const tokensOf = (response: client.TokenEndpointResponse, previous?: string): Tokens => ({
    accessToken: response.access_token,
    refreshToken: response.refresh_token ?? previous,
    expiresAt: new Date(clock.now() + (response.expires_in ?? DEFAULT_TTL_SECONDS) * 1000),
  });

  return {
    async authorizeUrl({ state, verifier }) {
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: options.redirectUri,
        scope: SCOPES,
        state,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },

    async exchange({ params, state, verifier }) {
      const config = await configuration();
      // The redirect URI as registered, whatever host a proxy made of it; and one `state`, the one that was checked: a proxy in
      // front of the app was seen to add its own (facts: databricks#the-apps-proxy).
      const url = new URL(options.redirectUri);
      for (const name of ['code', 'iss', 'error', 'error_description']) {
        const value = params.get(name);
        if (value !== null) url.searchParams.set(name, value);
      }
      url.searchParams.set('state', state);
      return tokensOf(
        await asking('trade the code for tokens', () =>
          client.authorizationCodeGrant(config, url, { expectedState: state, pkceCodeVerifier: verifier }),
        ),
      );
    },

    async refresh(refreshToken) {
      const config = await configuration();
      return tokensOf(await asking('refresh the sign-in', () => client.refreshTokenGrant(config, refreshToken)), refreshToken);
    },

    async revoke(token) {
      const config = await configuration();
      await asking('revoke the sign-in', () => client.tokenRevocation(config, token));
    },
  };
}

/** A fresh PKCE verifier. */
export const newVerifier = (): string => client.randomPKCECodeVerifier();

/** Runs a call; of its failure says whether it may pass, and keeps status and code only: openid-client's errors carry whole responses. */
async function asking<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const failure = failureOf(error);
    throw new UpstreamError({ service: 'databricks', operation, ...failure, passing: mayPass(failure.status) });
  }
}

function failureOf(error: unknown): { status?: number; code?: string | undefined } {
  if (error instanceof client.ResponseBodyError) return { status: error.status, code: error.error };
  // The server's no, in the query of its redirect: as good as a 400.
  if (error instanceof client.AuthorizationResponseError) return { status: 400, code: error.error };
  if (error instanceof client.WWWAuthenticateChallengeError) return { status: error.status };
  return { code: codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined) };
}

/** A 4xx is an answer (a bad code, a client that is not accepted), but for a server that is busy. */
function mayPass(status: number | undefined): boolean {
  return status === undefined || status >= 500 || status === 429 || status === 408;
}

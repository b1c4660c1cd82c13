// Who calls over HTTP: the token that the Apps proxy or the caller sends, checked with the workspace and remembered by its hash.
import type { IncomingMessage } from 'node:http';
import { sha256 } from '../../bundle/model/bundle.ts';
import type { Me } from '../../databricks/api/me.ts';
import { statusOf } from '../../databricks/http/errors.ts';
import type { Clock } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import { LIMITS } from '../limits.ts';
import type { Caller } from '../tools/support/define-tool.ts';

/** Which headers a token is taken from. `forwarded` must be on behind the Apps proxy only: elsewhere anybody can send that header. */
interface TokenSources {
  /** X-Forwarded-Access-Token: the Apps proxy drops what clients send and sets its own (facts: databricks#the-apps-proxy). */
  readonly forwarded: boolean;
  /** Authorization: Bearer. */
  readonly bearer: boolean;
}

type Authenticated = { readonly caller: Caller } | { readonly refused: 'no token' | 'bad token' } | { readonly trouble: UserError };

export type Authenticate = (request: IncomingMessage) => Promise<Authenticated>;

/** The longest token that is accepted, in characters; OAuth tokens of Databricks have about 1,000. */
const LONGEST_TOKEN = 8192;

/**
 * Checks tokens against the workspace `host` with SCIM Me, once per token and `LIMITS.tokenMs`; a workspace allows 255 of these a minute
 * (facts: databricks#rate-limits). Nothing but a hash of a token is kept.
 */
export function createAuthenticate({
  host,
  sources,
  me,
  clock,
}: {
  host: string;
  sources: TokenSources;
  me: (token: string) => Promise<Me>;
  clock: Clock;
}): Authenticate {
  const known = new Map<string, { readonly who: Promise<Me>; readonly until: number }>();

  /** Asks about a token once, also when it comes several times at once; a failure is not remembered. */
  function whoIs(token: string): Promise<Me> {
    const key = sha256(token);
    const kept = known.get(key);
    if (kept !== undefined && kept.until > clock.now()) return kept.who;
    const who = me(token);
    known.delete(key);
    known.set(key, { who, until: clock.now() + LIMITS.tokenMs });
    for (const oldest of known.keys()) {
      if (known.size <= LIMITS.tokens) break;
      known.delete(oldest);
    }
    who.catch(() => known.delete(key));
    return who;
  }

  return async (request) => {
    const token = tokenOf(request, sources);
    if (token === undefined) return { refused: 'no token' };
    try {
      const { userName } = await whoIs(token);
      return { caller: { host, userName, token: async () => token } };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // 403 too: it is the answer to a token that is no longer valid (facts: databricks#error-answers).
      return [401, 403].includes(statusOf(error) ?? 0) ? { refused: 'bad token' } : { trouble: error };
    }
  };
}

function tokenOf({ headers }: IncomingMessage, sources: TokenSources): string | undefined {
  const forwarded = sources.forwarded ? headers['x-forwarded-access-token'] : undefined;
  const bearer = sources.bearer ? /^Bearer +([\w.~+/=-]+) *$/i.exec(headers.authorization ?? '')?.[1] : undefined;
  const token = typeof forwarded === 'string' && forwarded !== '' ? forwarded : bearer;
  return token !== undefined && token.length <= LONGEST_TOKEN && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}

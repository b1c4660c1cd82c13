// Hands out a linked user's access token, refreshed one at a time and kept before it is used.
import type { LinkKey, LinkRow, LinkStore, Sealed } from '../storage/account-links.ts';
import type { Clock } from '../values/clock.ts';
import { isPassingStatement, onceMore, UpstreamError, UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { Vault } from '../values/vault.ts';
import { INVALID_GRANT, type OAuth, type Tokens } from './oauth.ts';

/** A token with less than this left is as good as ended. */
const LAST_MS = 15_000;
/** A refresh makes at most two requests of 10 s; a process that hasn't ended one by then is dead. */
const CLAIM_MS = 30_000;
/** Which token is wanted: one that lives for longer than `minMs`, and is not that which Databricks refuses although its time is not over. */
interface Wanted {
  readonly minMs: number;
  readonly refused: string | undefined;
}

/** Pause before refreshed tokens are tried to be kept again: sooner than another process can have claimed them. */
const KEEP_AGAIN_MS = 500;

/** How often one looks whether another process has finished its refresh. */
const WATCH_MS = 100;

export function createAccessTokens(deps: { links: LinkStore; vault: Vault; oauth: OAuth; clock: Clock; log: Logger }) {
  const { links, vault, oauth, clock, log } = deps;
  const underWay = new Map<string, Promise<string>>();

  /** The link's tokens, or undefined when it is not there or can't be opened (then it counts as not linked). */
  const load = async (key: LinkKey): Promise<{ row: LinkRow; tokens: Tokens } | undefined> => {
    const row = await onceMore(() => links.find(key));
    if (row === undefined) return undefined;
    const tokens = opened(key, row);
    if (tokens === undefined) {
      log.warn({ team: key.team, user: key.user, keyId: row.keyId }, 'Access tokens can’t be opened: their user counts as not linked');
      return undefined;
    }
    return { row, tokens };
  };

  const seal = (key: LinkKey, tokens: Tokens) => sealTokens(vault, tokens, rowNameOf(key));
  /** The tokens of a row that is already out of the database. */
  const opened = (key: LinkKey, row: Sealed) => openTokens(vault, row, rowNameOf(key));

  const left = (tokens: Tokens) => tokens.expiresAt.getTime() - clock.now();
  const isFit = (tokens: Tokens, { refused }: Wanted, ms: number) => left(tokens) > ms && tokens.accessToken !== refused;

  /** The sign-in is over: unlinks, unless another process has refreshed it meanwhile. */
  const giveUp = async (key: LinkKey, version: number, cause: unknown): Promise<string> => {
    const removed = await links.remove(key, version);
    const current = removed === undefined ? await load(key) : undefined;
    if (current !== undefined && left(current.tokens) > LAST_MS) return current.tokens.accessToken;
    log.info({ team: key.team, user: key.user }, 'Databricks ended a sign-in: unlinked');
    throw notLinked(cause);
  };

  const refresh = async (key: LinkKey, seen: number, wanted: Wanted): Promise<string> => {
    for (;;) {
      const found = await load(key);
      if (found === undefined) throw notLinked();
      const { row, tokens } = found;
      // Whoever was before us has refreshed it: fresher tokens are not to be had.
      if (isFit(tokens, wanted, row.version === seen ? wanted.minMs : LAST_MS)) return tokens.accessToken;
      if (tokens.refreshToken === undefined) return left(tokens) > LAST_MS ? tokens.accessToken : giveUp(key, row.version, undefined);
      const now = clock.now();
      if (await links.claim(key, row.version, new Date(now), new Date(now + CLAIM_MS))) return renew(key, row, tokens, tokens.refreshToken);
      await clock.sleep(WATCH_MS);
    }
  };

  /** Under the claim: asks for new tokens and keeps them before they are used. */
  const renew = async (key: LinkKey, row: LinkRow, tokens: Tokens, refreshToken: string): Promise<string> => {
    let next: Tokens;
    try {
      next = await oauth.refresh(refreshToken);
    } catch (error) {
      if (error instanceof UpstreamError && error.failure.code === INVALID_GRANT) return giveUp(key, row.version, error);
      await links.unclaim(key, row.version);
      if (left(tokens) > LAST_MS) return tokens.accessToken;
      if (!(error instanceof UpstreamError) || error.failure.passing === true) throw error;
      log.error({ failure: error.failure }, 'Databricks does not accept our own registration: no sign-in can be refreshed');
      throw notAccepted(error);
    }
    if (await kept(key, row.version, next)) return next.accessToken;
    const current = await load(key);
    // Kept by a try whose answer nobody heard.
    if (current?.tokens.accessToken === next.accessToken) return next.accessToken;
    // Relinked or unlinked while we asked: what is in the database counts.
    await revoke(next);
    if (current === undefined) throw notLinked();
    return current.tokens.accessToken;
  };

  /** Tried until the database takes them: the refresh token before them is used up, and without these the sign-in would be over. */
  const kept = async (key: LinkKey, version: number, next: Tokens): Promise<boolean> => {
    for (;;) {
      try {
        return await links.refreshed(key, version, seal(key, next));
      } catch (error) {
        if (!isPassingStatement(error)) throw error;
        log.warn({ err: error, team: key.team, user: key.user }, 'Refreshed access tokens were not kept; trying again');
        await clock.sleep(KEEP_AGAIN_MS);
      }
    }
  };

  /** Tells the server that tokens are not wanted any more; its refusal is logged, not thrown. */
  const revoke = async (tokens: Tokens): Promise<void> => {
    try {
      await oauth.revoke(tokens.refreshToken ?? tokens.accessToken);
    } catch (error) {
      log.info({ reason: error instanceof Error ? error.message : 'unknown' }, 'A sign-in could not be revoked; it ends by itself');
    }
  };

  return {
    load,
    seal,
    opened,
    revoke,
    /**
     * An access token good for at least `minMinutes`, where the server gives such. UserError: not linked, or nobody's sign-in can be
     * refreshed. UpstreamError: try again.
     */
    async token(key: LinkKey, wanted: Wanted): Promise<string> {
      const found = await load(key);
      if (found === undefined) throw notLinked();
      if (isFit(found.tokens, wanted, wanted.minMs)) return found.tokens.accessToken;
      const name = JSON.stringify(rowNameOf(key));
      const before = underWay.get(name) ?? Promise.resolve('');
      const mine = before.catch(() => '').then(() => refresh(key, found.row.version, wanted));
      underWay.set(name, mine);
      try {
        return await mine;
      } finally {
        if (underWay.get(name) === mine) underWay.delete(name);
      }
    },
  };
}

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/** Rows that are sealed already hold this first word. */
function rowNameOf(key: LinkKey): string[] {
  return ['grant', key.team, key.user, key.host];
}

/** Seals tokens for the row of that name. */
export function sealTokens(vault: Vault, tokens: Tokens, rowName: readonly string[]): Sealed {
  const text = JSON.stringify({ access: tokens.accessToken, refresh: tokens.refreshToken });
  return { ...vault.seal(text, rowName), expiresAt: tokens.expiresAt };
}

/** The tokens sealed for the row of that name, or undefined. */
export function openTokens(vault: Vault, sealed: Sealed, rowName: readonly string[]): Tokens | undefined {
  const text = vault.open(sealed.sealed, sealed.keyId, rowName);
  if (text === undefined) return undefined;
  const { access, refresh } = JSON.parse(text) as { access: string; refresh?: string };
  return { accessToken: access, refreshToken: refresh, expiresAt: sealed.expiresAt };
}

/** No refresh succeeds before somebody has looked at the registration; the link lives on. */
function notAccepted(cause: UpstreamError): UserError {
  return new UserError(
    {
      doing: 'Using your Databricks account',
      problem: 'Databricks does not accept this bot’s own registration there.',
      next: 'Tell whoever runs DAB Bot: its OAuth app has to be looked at. Your account stays connected.',
    },
    { cause },
  );
}

function notLinked(cause?: unknown): UserError {
  return new UserError(
    {
      doing: 'Using your Databricks account',
      problem: 'Your Slack account is not connected to Databricks any more.',
      next: 'Connect it again and repeat what you asked for.',
    },
    cause === undefined ? {} : { cause },
  );
}

// Slack user ↔ Databricks identity: who somebody is, their token, linking and unlinking.
import { createLinkStore } from '../storage/account-links.ts';
import type { Db } from '../storage/db/db.ts';
import { type Attempt, createLinkAttemptStore } from '../storage/link-attempts.ts';
import type { Scoped } from '../storage/usage/usage.ts';
import { type Clock, systemClock } from '../values/clock.ts';
import { onceMore, UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import { createVault, type VaultKey } from '../values/vault.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createLinkFlow, type LinkFlow, type Me } from './link-flow.ts';
import { admitLink } from './link-limits.ts';
import { hashOf, newNonce } from './nonces.ts';
import { createOAuth, type OAuthOptions } from './oauth.ts';

interface SlackUser {
  readonly team: string;
  readonly user: string;
}

export interface Identity {
  readonly host: string;
  readonly userName: string;
  readonly userId: string;
  readonly displayName: string;
}

export interface Linked {
  readonly who: SlackUser;
  readonly identity: Identity;
  /** What startLink was given. */
  readonly resume: unknown;
}

export interface Identities {
  /** Who they are in Databricks; undefined when not linked, or when their tokens can't be opened any more. */
  of(who: SlackUser): Promise<Identity | undefined>;
  /**
   * An access token good for at least `minMinutes` (5), and another one than that which Databricks has `refused`, where it gives one.
   * UserError when they are not linked (any more), or Databricks does not accept this bot; UpstreamError when it can't refresh it now.
   */
  token(who: SlackUser, options?: { minMinutes?: number; refused?: string | undefined }): Promise<string>;
  /**
   * The address to show to this Slack user alone; it works for ten minutes. `near` says in words that no more than a few can be made; `resume`:
   * plain JSON, handed to onLinked. UserError: no e-mail address, or too many are open.
   */
  startLink(input: {
    who: SlackUser;
    channel: string;
    slackName: string;
    slackEmail: string;
    resume: unknown;
  }): Promise<{ url: string; near?: string }>;
  /** Forgets the tokens, then tries to revoke them. */
  unlink(who: SlackUser): Promise<void>;
  /** `onLinked` is told of every link that is made; again at the next start where it throws, so it must be safe to repeat. */
  createSignIn(onLinked: (linked: Linked) => Promise<void>): SignIn;
}

interface SignIn {
  /** What the pages call. */
  readonly flow: LinkFlow;
  /** Tells of links that were made just before the process died. Call it once at start. */
  resumeLinked(): Promise<void>;
}

interface IdentitiesDeps {
  db: Db;
  oauth: OAuthOptions;
  vaultKey: VaultKey;
  /** Keys that older rows were sealed with: read, never written. */
  oldVaultKeys?: readonly VaultKey[];
  publicUrl: string;
  me: Me;
  /** Links that may be open at a time; Infinity where there is no limit. */
  linkLimits: Scoped;
  clock?: Clock;
  log: Logger;
}

/** From Connect to Confirm (facts: security#account-linking). */
const LINK_MS = 10 * 60_000;
/** Ended attempts are kept a day, for whoever looks into a problem. */
const FORGET_MS = 24 * 60 * 60_000;
const DEFAULT_MIN_MINUTES = 5;

export function createIdentities(deps: IdentitiesDeps): Identities {
  const { db, clock = systemClock, log } = deps;
  const { host } = deps.oauth;
  const publicUrl = deps.publicUrl.replace(/\/$/, '');
  const vault = createVault(deps.vaultKey, deps.oldVaultKeys);
  const oauth = createOAuth(deps.oauth, clock);
  const links = createLinkStore(db);
  const attempts = createLinkAttemptStore(db);
  const accessTokens = createAccessTokens({ links, vault, oauth, clock, log });
  const keyOf = (who: SlackUser) => ({ team: who.team, user: who.user, host });

  const of: Identities['of'] = async (who) => {
    const found = await accessTokens.load(keyOf(who));
    if (found === undefined) return undefined;
    const { userName, databricksId, displayName } = found.row;
    return { host, userName, userId: databricksId, displayName };
  };

  return {
    of,
    token: (who, { minMinutes = DEFAULT_MIN_MINUTES, refused } = {}) =>
      accessTokens.token(keyOf(who), { minMs: minMinutes * 60_000, refused }),

    async startLink({ who, channel, slackName, slackEmail, resume }) {
      if (!slackEmail.includes('@')) {
        throw new UserError({
          doing: 'Connecting your Databricks account',
          problem: 'Slack does not tell us your e-mail address, and without it we can’t check that both accounts are yours.',
          next: 'Add an e-mail address to your Slack profile, or ask whoever runs DAB Bot.',
        });
      }
      const nonce = newNonce();
      const now = clock.now();
      await attempts.forget(new Date(now - FORGET_MS));
      const near = admitLink(await attempts.open({ ...who, channel }, new Date(now)), deps.linkLimits);
      await attempts.start({
        id: hashOf(nonce),
        ...who,
        channel,
        slackName,
        slackEmail,
        host,
        resume,
        createdAt: new Date(now),
        expiresAt: new Date(now + LINK_MS),
      });
      return { url: `${publicUrl}/auth/start/${nonce}`, ...(near === undefined ? {} : { near }) };
    },

    async unlink(who) {
      const removed = await links.remove(keyOf(who));
      if (removed === undefined) return;
      log.info({ ...who }, 'Unlinked');
      const tokens = accessTokens.opened(keyOf(who), removed);
      if (tokens !== undefined) await accessTokens.revoke(tokens);
    },

    createSignIn(onLinked) {
      const linked = async (attempt: Attempt): Promise<void> => {
        const who = { team: attempt.team, user: attempt.user };
        const goOn = async () => {
          const identity = await of(who);
          if (identity !== undefined) await onLinked({ who, identity, resume: attempt.resume });
          await attempts.resumed(attempt.id);
        };
        try {
          // Told twice, it does nothing twice.
          await onceMore(goOn);
        } catch (error) {
          log.error({ err: error, ...who }, 'What was to go on after a link did not; it is tried again at the next start');
        }
      };
      return {
        flow: createLinkFlow({ db, vault, oauth, accessTokens, host, me: deps.me, clock, log, linked }),
        async resumeLinked() {
          for (const attempt of await attempts.toResume()) await linked(attempt);
        },
      };
    },
  };
}

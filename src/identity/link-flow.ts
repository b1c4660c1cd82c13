// The sign-in, step by step: ask, go to Databricks, come back, confirm. No GET binds anything to anybody (facts: security#known-attacks-on-linking).
import { createLinkStore, type LinkKey, type LinkRow } from '../storage/account-links.ts';
import type { Db } from '../storage/db/db.ts';
import { type Attempt, createLinkAttemptStore } from '../storage/link-attempts.ts';
import type { Clock } from '../values/clock.ts';
import { UpstreamError, UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { Vault } from '../values/vault.ts';
import { type AccessTokens, openTokens, sealTokens } from './access-tokens.ts';
import { isSameEmail } from './email.ts';
import { type LinkPage, type RefusedPage, refused, type SlackPerson } from './link-pages.ts';
import { hashOf, isEqual, isNonce, newNonce, nonceOf, stateOf } from './nonces.ts';
import { newVerifier, type OAuth, type Tokens } from './oauth.ts';

interface Answer {
  readonly nonce: string;
  readonly csrf: string;
}

/** What web's pages call. `browser` is the value of the cookie that `begin` asked to set. */
export interface LinkFlow {
  /** GET: the page that says who asked. Changes nothing (Slack and mail scanners open links too). */
  open(nonce: string): Promise<LinkPage>;
  /** POST: on to Databricks, with a cookie for this browser; it keeps the one it has, so that two sign-ins side by side both work. */
  begin(nonce: string, browser: string | undefined): Promise<{ kind: 'go'; url: string; browser: string } | RefusedPage>;
  /** GET: back from Databricks; the query's parameters as they came. Answers the confirm page. */
  callback(params: URLSearchParams, browser: string | undefined): Promise<LinkPage>;
  /** POST: yes, both are me. The only place where a link is made. */
  confirm(answer: Answer, browser: string | undefined): Promise<LinkPage>;
  /** POST: no. */
  refuse(answer: Answer, browser: string | undefined): Promise<LinkPage>;
}

/** Who a token belongs to: SCIM Me. */
export type Me = (host: string, token: string) => Promise<{ id: string; userName: string; displayName: string }>;

interface LinkFlowDeps {
  db: Db;
  vault: Vault;
  oauth: OAuth;
  accessTokens: AccessTokens;
  host: string;
  me: Me;
  clock: Clock;
  log: Logger;
  /** Told after the link is stored. */
  linked: (attempt: Attempt) => Promise<void>;
}

/** Of a callback's `state` parameters so many are looked at. */
const MOST_STATES = 4;

export function createLinkFlow(deps: LinkFlowDeps): LinkFlow {
  const { db, vault, oauth, accessTokens, me, clock, log } = deps;
  const attempts = createLinkAttemptStore(db);
  const stateKey = vault.derive('link state');

  /** The attempt, or the reason why it can't be worked on, whatever its step. */
  const alive = (attempt: Attempt | undefined): Attempt | RefusedPage => {
    if (attempt === undefined || attempt.host !== deps.host) return refused.unknown;
    if (attempt.state === 'confirmed' || attempt.state === 'refused') return refused.used;
    return attempt.expiresAt.getTime() <= clock.now() ? refused.expired : attempt;
  };

  /** Checks and takes the verifier, in one transaction: of two callbacks with the same state one gets it. */
  const take = (state: string, browser: string | undefined) =>
    db.transaction(async (tx): Promise<{ attempt: Attempt; verifier: string } | RefusedPage> => {
      const rows = createLinkAttemptStore(tx);
      const nonce = nonceOf(state);
      const found = await rows.lock(hashOf(nonce));
      if (found === undefined || !isEqual(state, stateOf(stateKey, nonce, found))) return refused.forged;
      const attempt = alive(found);
      if ('kind' in attempt) return attempt;
      if (attempt.state !== 'opened' || attempt.verifier === undefined) return refused.used;
      if (!isBrowserOf(attempt, browser)) {
        await rows.end(attempt.id, 'refused');
        return refused.otherBrowser;
      }
      await rows.used(attempt.id);
      return { attempt, verifier: attempt.verifier };
    });

  const throwAway = async (attempt: Attempt, tokens?: Tokens) => {
    await attempts.end(attempt.id, 'refused');
    if (tokens !== undefined) await accessTokens.revoke(tokens);
  };

  /** Locks an attempt that waits for its Confirm, checks who answers, and lets `work` end it. */
  const answered = <T>(answer: Answer, browser: string | undefined, work: (tx: Db, attempt: Attempt, tokens: Tokens) => Promise<T>) =>
    db.transaction(async (tx): Promise<T | RefusedPage> => {
      const attempt = alive(await createLinkAttemptStore(tx).lock(hashOf(answer.nonce)));
      if ('kind' in attempt) return attempt;
      if (attempt.state !== 'authorized' || attempt.account === undefined) return refused.used;
      if (!isBrowserOf(attempt, browser)) return refused.otherBrowser;
      if (attempt.csrfHash === undefined || !isEqual(hashOf(answer.csrf), attempt.csrfHash)) return refused.badForm;
      const tokens = openTokens(vault, attempt.account, rowNameOf(attempt));
      return tokens === undefined ? refused.expired : work(tx, attempt, tokens);
    });

  return {
    async open(nonce) {
      const attempt = alive(await attempts.find(hashOf(nonce)));
      if ('kind' in attempt) return attempt;
      return attempt.state === 'authorized' ? refused.used : { kind: 'ask', nonce, ...personOf(attempt) };
    },

    async begin(nonce, known) {
      const browser = known !== undefined && isNonce(known) ? known : newNonce();
      const verifier = newVerifier();
      const opened = await db.transaction(async (tx) => {
        const rows = createLinkAttemptStore(tx);
        const attempt = alive(await rows.lock(hashOf(nonce)));
        if ('kind' in attempt) return attempt;
        // Pressing Continue again (after a trip back) is fine until somebody has come back from Databricks.
        const isFresh = attempt.state === 'started' || (attempt.state === 'opened' && attempt.verifier !== undefined);
        if (!isFresh) return refused.used;
        await rows.opened(attempt.id, hashOf(browser), verifier);
        return attempt;
      });
      if ('kind' in opened) return opened;
      try {
        return { kind: 'go', url: await oauth.authorizeUrl({ state: stateOf(stateKey, nonce, opened), verifier }), browser };
      } catch (error) {
        return failed(error, log);
      }
    },

    async callback(params, browser) {
      // A proxy may have added a `state` of its own (facts: databricks#the-apps-proxy): ours is the one whose HMAC is right.
      for (const state of params.getAll('state').slice(0, MOST_STATES)) {
        const taken = await take(state, browser);
        if (taken === refused.forged) continue;
        return 'kind' in taken ? taken : arrive(taken, state, params);
      }
      return refused.forged;
    },

    async confirm(answer, browser) {
      const outcome = await answered(answer, browser, async (tx, attempt, tokens) => {
        const { account } = attempt;
        if (account === undefined) return refused.used;
        const key = keyOf(attempt);
        const { databricksId, userName, displayName } = account;
        const old = await createLinkStore(tx).replace(key, { databricksId, userName, displayName, ...accessTokens.seal(key, tokens) });
        await createLinkAttemptStore(tx).end(attempt.id, 'confirmed');
        return { attempt, old, page: { kind: 'done', userName, displayName, ...personOf(attempt) } as const };
      });
      if ('kind' in outcome) return outcome;
      log.info({ team: outcome.attempt.team, user: outcome.attempt.user, databricksUser: outcome.page.userName }, 'Linked');
      await deps.linked(outcome.attempt);
      await revokeOld(outcome.attempt, outcome.old);
      return outcome.page;
    },

    async refuse(answer, browser) {
      const outcome = await answered(answer, browser, async (tx, attempt, tokens) => {
        await createLinkAttemptStore(tx).end(attempt.id, 'refused');
        return { tokens };
      });
      if ('kind' in outcome) return outcome;
      await accessTokens.revoke(outcome.tokens);
      return refused.cancelled;
    },
  };

  async function arrive(taken: { attempt: Attempt; verifier: string }, state: string, params: URLSearchParams): Promise<LinkPage> {
    const { attempt, verifier } = taken;
    if (params.get('error') === 'access_denied') {
      await throwAway(attempt);
      return refused.denied;
    }
    let tokens: Tokens | undefined;
    let account: Awaited<ReturnType<Me>>;
    try {
      tokens = await oauth.exchange({ params, state, verifier });
      account = await me(attempt.host, tokens.accessToken);
    } catch (error) {
      await throwAway(attempt, tokens);
      return failed(error, log);
    }
    const person = personOf(attempt);
    const { id: databricksId, userName, displayName } = account;
    if (!isSameEmail(attempt.slackEmail, userName)) {
      log.warn({ team: attempt.team, user: attempt.user }, 'A sign-in as somebody else was refused');
      await throwAway(attempt, tokens);
      return refused.otherAccount(person, userName);
    }
    const csrf = newNonce();
    const sealed = sealTokens(vault, tokens, rowNameOf(attempt));
    await attempts.authorized(attempt.id, hashOf(csrf), { databricksId, userName, displayName, ...sealed });
    return { kind: 'confirm', nonce: nonceOf(state), csrf, userName, displayName, ...person };
  }

  async function revokeOld(attempt: Attempt, old: LinkRow | undefined): Promise<void> {
    const tokens = old === undefined ? undefined : accessTokens.opened(keyOf(attempt), old);
    if (tokens !== undefined) await accessTokens.revoke(tokens);
  }
}

const keyOf = (attempt: Attempt): LinkKey => ({ team: attempt.team, user: attempt.user, host: attempt.host });

const rowNameOf = (attempt: Attempt): string[] => ['attempt', attempt.id, attempt.team, attempt.user, attempt.host];

function personOf({ slackName, slackEmail, team, host }: Attempt): SlackPerson {
  return { slackName, slackEmail, team, host };
}

function isBrowserOf(attempt: Attempt, browser: string | undefined): boolean {
  return attempt.browserHash !== undefined && browser !== undefined && isEqual(hashOf(browser), attempt.browserHash);
}

/** Where Databricks did not complete it: that may pass, or it has answered. `me` speaks in words for people already. */
function failed(error: unknown, log: Logger): RefusedPage {
  if (error instanceof UserError)
    return { ...refused.unavailable, problem: `${error.words.problem} Nothing was connected.`, next: error.words.next };
  if (!(error instanceof UpstreamError)) throw error;
  log.warn({ failure: error.failure }, 'Databricks did not complete a sign-in');
  return error.failure.passing === true ? refused.unavailable : refused.rejected;
}

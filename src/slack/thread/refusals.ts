// What a failed call to Slack means for the message that it was to say: by Slack's code or the kind of failure, never by its text.
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { isLeft, PUT_OFF, slackError, UNSURE } from '../bolt/passing.ts';

/** `why` is a clause for people, in which nothing needs to be escaped. */
export type Trouble =
  /** Certainly not said; allowed again after this long. */
  | { readonly kind: 'put off'; readonly ms: number }
  /** Perhaps said, and the next try may succeed. */
  | { readonly kind: 'unsure'; readonly why: string }
  /** About the bot's token, scopes or team: no message can be said before somebody has seen to it. */
  | { readonly kind: 'app'; readonly why: string }
  /** Nobody takes anything there from us: the thread or the channel is gone, closed, or not ours. */
  | { readonly kind: 'place'; readonly why: string }
  /** This message will never be taken as it is. */
  | { readonly kind: 'message'; readonly why: string };

/** Without a `Retry-After` of Slack's; our choice. */
const PUT_OFF_MS = 10_000;
// Codes that are neither here nor among those that pass are about the message (facts: slack#refusals).
const APP = new Set([
  ...['access_denied', 'accesslimited', 'account_inactive', 'ekm_access_denied', 'enterprise_is_restricted', 'invalid_auth'],
  ...['missing_scope', 'not_allowed_token_type', 'not_authed', 'org_login_required', 'team_access_not_granted', 'team_added_to_org'],
  ...['token_expired', 'token_revoked', 'two_factor_setup_required'],
]);
const PLACE = new Set([
  ...['cannot_reply_to_message', 'channel_not_found', 'is_archived', 'is_inactive', 'no_permission', 'not_in_channel'],
  ...['posting_to_channel_denied', 'restricted_action', 'restricted_action_non_threadable_channel'],
  ...['restricted_action_read_only_channel', 'restricted_action_thread_locked', 'restricted_action_thread_only_channel'],
  ...['team_not_found', 'thread_not_found'],
]);

/** undefined where it is no failure of a call to Slack. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'put off', ms: error.retryAfter * 1000 };
  if (error instanceof WebAPIRequestError) return { kind: 'unsure', why: 'Slack does not answer to it' };
  if (error instanceof WebAPIHTTPError) return { kind: 'unsure', why: `Slack does not get it done (HTTP ${error.statusCode})` };
  const code = slackError(error);
  if (code === undefined) return undefined;
  if (PUT_OFF.has(code)) return { kind: 'put off', ms: PUT_OFF_MS };
  if (UNSURE.has(code)) return { kind: 'unsure', why: `Slack does not get it done (\`${code}\`)` };
  if (APP.has(code)) return { kind: 'app', why: `Slack refuses the bot (${[code, ...neededBy(error)].join(', needed: ')})` };
  return { kind: PLACE.has(code) ? 'place' : 'message', why: `Slack refuses it (\`${code}\`)` };
}

/** The scope that is missing. */
function neededBy(error: unknown): string[] {
  const { needed } = (error instanceof WebAPIPlatformError ? error.data : {}) as { needed?: unknown };
  return typeof needed === 'string' ? [needed] : [];
}

/** Whether what could not be drawn is drawn at another time: by itself, or when somebody has seen to the app. */
export function isForLater(error: unknown): boolean {
  return isLeft(error) || troubleOf(error)?.kind === 'app';
}

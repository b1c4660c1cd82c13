// How Slack may refuse a message, by its codes: what docs/refusals.md has a line for.
import type { Fault } from '../../src/playground/slack/methods/faults.ts';

export interface Situation {
  readonly codes: readonly string[];
  /** What is to be known beside the code. */
  readonly how: string;
  readonly fault: (code: string) => Fault;
  /** Slack refuses everything for three minutes. */
  readonly lasts?: true;
  /** Of what has but one place Slack takes nothing. */
  readonly place?: true;
}

const refused = (error: string): Fault => ({ error });
const always = (error: string): Fault => ({ error, times: Number.POSITIVE_INFINITY });
const UNSURE = ['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable'];
export const SITUATIONS: readonly Situation[] = [
  { codes: ['invalid_blocks', 'msg_too_long', 'msg_blocks_too_long', 'no_text', 'malware_detected'], how: '', fault: refused },
  { codes: ['invalid_arguments'], how: 'also of its words', fault: (error) => ({ error, times: 2 }) },
  { codes: ['not_in_channel', 'channel_not_found'], how: '', fault: refused, place: true },
  {
    codes: [
      ...['thread_not_found', 'is_archived', 'is_inactive', 'no_permission', 'cannot_reply_to_message'],
      ...['restricted_action', 'restricted_action_read_only_channel', 'restricted_action_thread_locked'],
    ],
    how: '',
    fault: refused,
    place: true,
  },
  {
    codes: [
      ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'missing_scope', 'not_allowed_token_type'],
      ...['access_denied', 'ekm_access_denied', 'enterprise_is_restricted', 'team_access_not_granted', 'org_login_required'],
      ...['team_added_to_org', 'two_factor_setup_required'],
    ],
    how: 'for three minutes',
    fault: always,
    lasts: true,
  },
  { codes: ['ratelimited', 'message_limit_exceeded'], how: 'once', fault: refused },
  { codes: ['429'], how: 'with `Retry-After: 30`', fault: () => ({ retryAfter: 30 }) },
  { codes: UNSURE, how: 'once', fault: refused },
  { codes: UNSURE, how: 'once, though it was said', fault: (error) => ({ error, afterHandler: true }) },
  { codes: UNSURE, how: 'again and again, for this message alone', fault: (error) => ({ error, times: 6 }) },
  { codes: UNSURE, how: 'for three minutes', fault: always, lasts: true },
  { codes: ['503'], how: 'once', fault: () => ({ status: 503 }) },
  { codes: ['no answer'], how: 'though it was said', fault: () => ({ afterHandler: true }) },
];

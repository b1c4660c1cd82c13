// Which failures of calls to Slack pass by themselves, and which work is left for later because of one: the codes stand here and nowhere else.
import { ErrorCode, WebAPIPlatformError } from '@slack/web-api';
import { codeOf, isPassingStatement, LeaseLostError } from '../../values/errors.ts';

/** What Slack answers where part of the call may have been carried out all the same (facts: slack#refusals). */
export const UNSURE: ReadonlySet<string> = new Set(['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable']);
/** Slack puts the call off, and says so as a refusal (facts: slack#refusals). */
export const PUT_OFF: ReadonlySet<string> = new Set(['message_limit_exceeded', 'rate_limited', 'ratelimited']);

/** Slack's error code of a refused call, such as `not_in_channel`. */
export function slackError(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** Slack was not reached, answered with trouble of its own, or put the call off: the code of that. */
export function passingCode(error: unknown): string | undefined {
  const code = slackError(error) ?? codeOf(error);
  const isOnTheWay = code === ErrorCode.RequestError || code === ErrorCode.HTTPError || code === ErrorCode.RateLimitedError;
  return code !== undefined && (isOnTheWay || UNSURE.has(code) || PUT_OFF.has(code)) ? code : undefined;
}

/** Whether an envelope is worked on again for this: by the process that has it now, or by the next replay. */
export function isLeft(error: unknown): boolean {
  return error instanceof LeaseLostError || isPassingStatement(error) || passingCode(error) !== undefined;
}

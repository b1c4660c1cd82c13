// Which failures pass by themselves: what was asked is then left as it is, and worked on again.
import { ErrorCode, WebAPIPlatformError } from '@slack/web-api';
import { codeOf, isPassingStatement, LeaseLostError } from '../../values/errors.ts';

/** Refusals with which Slack says that it is its own trouble, or a rate (facts: slack#web-api-clients). */
const SLACKS_OWN = new Set(['fatal_error', 'internal_error', 'ratelimited', 'request_timeout', 'service_unavailable']);

/** Slack was not reached, answered with trouble of its own, or put the call off: the code of that. */
export function passingCode(error: unknown): string | undefined {
  const code = error instanceof WebAPIPlatformError ? error.data.error : codeOf(error);
  const isOnTheWay = code === ErrorCode.RequestError || code === ErrorCode.HTTPError || code === ErrorCode.RateLimitedError;
  return code !== undefined && (isOnTheWay || SLACKS_OWN.has(code)) ? code : undefined;
}

/** Whether an envelope is worked on again for this: by the process that has it now, or by the next replay. */
export function isLeft(error: unknown): boolean {
  return error instanceof LeaseLostError || isPassingStatement(error) || passingCode(error) !== undefined;
}

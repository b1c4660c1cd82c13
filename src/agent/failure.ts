// What a failed call to Claude means: whether to try again, and what a person is told.
import { AnthropicError, APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import { UpstreamError, UserError } from '../values/errors.ts';
import { tokenTrouble } from '../values/patience.ts';

/** Errors inside a stream (after its 200) that are gone a moment later (facts: claude-and-mcp#errors-and-retries). */
const PASSING = new Set(['overloaded_error', 'api_error', 'rate_limit_error', 'timeout_error']);

/** Whether our own signal stopped the call. */
export function isAbort(error: unknown): boolean {
  return error instanceof APIUserAbortError;
}

/** Whether a second try may help: what the SDK would repeat, and what it can't, since the stream had begun. */
export function isPassing(error: unknown): boolean {
  if (error instanceof APIConnectionError) return true;
  if (!(error instanceof APIError)) return error instanceof AnthropicError && !(error.cause instanceof UserError);
  const { status } = error;
  if (status === undefined) return error.type !== null && PASSING.has(error.type);
  const told = error.headers?.get('x-should-retry');
  return told === 'true' || (told !== 'false' && ([408, 409, 429].includes(status) || status >= 500));
}

/** Milliseconds that the far side asks us to wait before the next try; 0 where it does not say. */
export function askedToWait(error: unknown): number {
  const seconds = error instanceof APIError ? Number(error.headers?.get('retry-after')) : 0;
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}

/** Whether the far side did not accept who we are. */
export function isSignInRefused(error: unknown): boolean {
  return error instanceof APIError && error.status === 401;
}

/** What the far side did not take, so that a new segment may help: the history as it stands, or its model, which has ended. */
export type NotTaken = 'history' | 'model';

export function whatWasNotTaken(error: unknown): NotTaken | undefined {
  if (!(error instanceof APIError)) return undefined;
  const { status, type } = error;
  if (status === 404) return 'model';
  return status === 400 || status === 413 || (status === undefined && type === 'invalid_request_error') ? 'history' : undefined;
}

/** What is logged of a failure: never a body or headers. */
export function describeFailure(error: unknown): Record<string, unknown> {
  if (error instanceof APIError) return { error: error.name, status: error.status, type: error.type, requestId: error.requestID };
  return error instanceof AnthropicError ? { error: error.name } : { err: error };
}

/**
 * The failure as what a person is told, with the original as its cause; never the original's message, which may be foreign text. Why there
 * is no key is in words already.
 */
export function userErrorOf(error: unknown): UserError {
  if (error instanceof AnthropicError && error.cause instanceof UserError) return error.cause;
  const status = error instanceof APIError ? error.status : undefined;
  const type = error instanceof APIError ? (error.type ?? undefined) : undefined;
  const cause = new UpstreamError({ service: 'claude', operation: 'POST v1/messages', status, code: type }, { cause: error });
  return new UserError({ doing: 'Asking Claude', ...problemOf(error) }, { cause });
}

/** What people see while a passing failure is waited out. */
export function waitingTitle(error: unknown): string {
  return `${problemOf(error).problem} I wait and try again`;
}

function problemOf(error: unknown): { problem: string; next: string } {
  const { status, type } = error instanceof APIError ? error : { status: undefined, type: undefined };
  if (status === 401 || status === 403) {
    return { problem: 'Claude did not accept our credentials.', next: 'An administrator needs to look at the settings for Claude.' };
  }
  if (status === 429 || type === 'rate_limit_error') {
    return { problem: 'Claude is getting too many requests from us.', next: 'Wait a minute and send the message again.' };
  }
  if (status === 529 || type === 'overloaded_error') {
    return { problem: 'Claude is overloaded at the moment.', next: 'Wait a few minutes and send the message again.' };
  }
  if (status === 413) return TOO_LONG;
  if (status === 404) {
    return { problem: 'The configured model does not exist there.', next: 'An administrator needs to look at the settings for Claude.' };
  }
  if (status !== undefined && status < 500) {
    return {
      problem: 'Claude did not accept the conversation.',
      next: 'Send the message again; if that fails too, tell an administrator.',
    };
  }
  const noKey = error instanceof AnthropicError ? tokenTrouble(error.cause) : undefined;
  return { problem: noKey?.title ?? 'Claude could not be reached or broke off.', next: 'Send the message again in a minute.' };
}

const TOO_LONG = { problem: 'This took more room than Claude has for one message.', next: 'Ask for less at once.' };

/** The history no longer fits the model's window. */
export function tooLongError(): UserError {
  return new UserError({ doing: 'Asking Claude', ...TOO_LONG });
}

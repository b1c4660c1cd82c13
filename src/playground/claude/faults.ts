// Trouble to order: each fault strikes the next request, in the order they were asked for.

export type Fault =
  /** An HTTP error instead of an answer; `retryAfter` in seconds. */
  | { readonly kind: 'http'; readonly status: number; readonly type?: string; readonly retryAfter?: number }
  /** An SSE error event after some events of the answer. */
  | { readonly kind: 'sse-error'; readonly type: string; readonly afterEvents?: number }
  /** The socket dies after some events. */
  | { readonly kind: 'socket'; readonly afterEvents?: number }
  /** The stream ends properly, but too early. */
  | { readonly kind: 'early-end'; readonly afterEvents?: number }
  /** The answer begins this late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The answer hits max_tokens; the input of its last tool call is cut in the middle. */
  | { readonly kind: 'max-tokens' }
  /** The model refuses. */
  | { readonly kind: 'refusal' };

export interface Faults {
  /** Adds faults for the requests to come, one request each. */
  next(...faults: readonly Fault[]): void;
  take(): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  const queue: Fault[] = [];
  return {
    next: (...faults) => {
      queue.push(...faults);
    },
    take: () => queue.shift(),
    clear: () => {
      queue.length = 0;
    },
  };
}

/** The error type that goes with a status (facts: claude-and-mcp#stream-of-a-reply). */
export function errorType(status: number): string {
  const types: Record<number, string> = {
    401: 'authentication_error',
    404: 'not_found_error',
    413: 'request_too_large',
    429: 'rate_limit_error',
    529: 'overloaded_error',
  };
  return types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

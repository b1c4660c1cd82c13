// Trouble on demand: a method refuses, answers an HTTP status, hangs, comes late, or works and loses its answer.

export interface Fault {
  /** An HTTP status instead of an answer, such as 503. */
  readonly status?: number;
  /** `{ok: false, error}`. */
  readonly error?: string;
  /** 429 with this Retry-After, seconds. */
  readonly retryAfter?: number;
  /** How many calls it takes; 1 unless told, `Infinity` for good. */
  readonly times?: number;
  /** The connection stays open and silent until the client gives up. */
  readonly hang?: boolean;
  /** The call is carried out; then the connection breaks instead of an answer (or `status`, `error` is answered). */
  readonly afterHandler?: boolean;
  /** The answer comes this much later, milliseconds of the clock. */
  readonly delayMs?: number;
}

export interface Faults {
  /**
   * Puts trouble on a Web API method, or on `response_url`, `upload`.
   * @returns a function that takes it away again
   */
  on(method: string, fault: Fault): () => void;
  clear(): void;
}

export interface FaultBox extends Faults {
  /** The fault this call meets, used up by one. */
  take(method: string): Fault | undefined;
}

export function createFaults(): FaultBox {
  const active: { method: string; fault: Fault; left: number }[] = [];
  const drop = (entry: (typeof active)[number]): void => {
    const at = active.indexOf(entry);
    if (at >= 0) active.splice(at, 1);
  };
  return {
    on(method, fault) {
      const entry = { method, fault, left: fault.times ?? 1 };
      active.push(entry);
      return () => drop(entry);
    },
    clear: () => void active.splice(0),
    take(method) {
      const entry = active.find((known) => known.method === method);
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) drop(entry);
      return entry.fault;
    },
  };
}

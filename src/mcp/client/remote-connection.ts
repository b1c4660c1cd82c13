// The connection to a remote server: each request carries the caller's current token, and a server that goes away is noticed.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { type Clock, deadlineSignal } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import { LIMITS } from '../limits.ts';
import { CONNECTION_HEADER } from '../meta.ts';

/** The server did not answer, or went away in the middle of an answer. */
export class LostServer extends Error {
  override readonly name = 'LostServer';
}

export interface Connection {
  readonly fetch: FetchLike;
  /** Runs one exchange; its requests end with it, or when the signal fires. Rejects with LostServer where the server goes away. */
  exchange<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Whether the server answers that it can work: one that is starting answers too, but no call. */
  isReady(): Promise<boolean>;
}

interface Exchange {
  readonly signal: AbortSignal;
  heard(): void;
  lose(): void;
}

/** What a proxy answers for an app that is away, and our server for a workspace that is away. */
const AWAY = new Set([502, 503, 504]);

/** What the server, or the Apps proxy before it, answers to a sign-in that it does not accept; the proxy redirects to its login. */
const REFUSED = new Set([302, 401, 403]);
const NOT_ACCEPTED = {
  doing: 'Calling the tools server',
  problem: 'It does not accept this person’s sign-in.',
  next: 'Ask them to connect again; if that does not help, whoever runs the tools server has to let them use it.',
};

export function createConnection(server: URL, token: () => Promise<string>, clock: Clock): Connection {
  const current = new AsyncLocalStorage<Exchange>();
  const connectionId = randomUUID();

  const fetchAs: FetchLike = async (url, init = {}) => {
    const exchange = current.getStore();
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${await token()}`);
    headers.set(CONNECTION_HEADER, connectionId);
    const ends = [init.signal, exchange?.signal].filter((one) => one !== undefined && one !== null);
    const signal = AbortSignal.any(ends);
    const response = await fetch(url, { ...init, headers, signal, redirect: 'manual' }).catch((error: unknown) => {
      if (!signal.aborted) exchange?.lose();
      throw error;
    });
    exchange?.heard();
    if (AWAY.has(response.status)) exchange?.lose();
    if (REFUSED.has(response.status)) {
      await response.body?.cancel();
      throw new UserError(NOT_ACCEPTED);
    }
    return exchange !== undefined && isStream(response) ? watched(response, exchange) : response;
  };

  async function says(path: '/healthz' | '/readyz'): Promise<boolean> {
    try {
      const response = await current.exit(() => fetchAs(new URL(path, server), { signal: deadlineSignal(clock, LIMITS.healthMs) }));
      await response.body?.cancel();
      return response.ok;
    } catch (error) {
      // A server that refuses us is up; the next call tells the person why.
      if (error instanceof UserError) return true;
      // fetch rejects with TypeError for every broken connection.
      if (error instanceof TypeError || error instanceof DOMException) return false;
      throw error;
    }
  }

  return {
    fetch: fetchAs,
    isReady: () => says('/readyz'),
    async exchange(signal, work) {
      const over = new AbortController();
      const { promise: lost, reject } = Promise.withResolvers<never>();
      lost.catch(() => undefined);
      const lose = () => reject(new LostServer('The tools server went away.'));
      let inTime = () => {};
      const heard = () => {
        inTime();
        if (!over.signal.aborted) inTime = clock.deadline(LIMITS.silentMs, ask);
      };
      const ask = async () => {
        if (await says('/healthz').catch(() => false)) heard();
        else lose();
      };
      heard();
      try {
        const running = current.run({ signal: AbortSignal.any([signal, over.signal]), heard, lose }, work);
        running.catch(() => undefined);
        return await Promise.race([running, lost]);
      } finally {
        over.abort();
        inTime();
      }
    },
  };
}

function isStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') === true;
}

/** The same response; where its stream ends without the answer to the request, the server counts as lost. */
function watched(response: Response, exchange: Exchange): Response {
  const reader = response.body?.getReader();
  if (reader === undefined) return response;
  const answer = createAnswerWatch();
  const ended = () => {
    if (!answer.isSeen()) exchange.lose();
  };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        exchange.heard();
        if (!done) {
          answer.watch(value);
          return controller.enqueue(value);
        }
        ended();
        controller.close();
      } catch (error) {
        ended();
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
}

/** Looks for a JSON-RPC response in a stream of events; the server writes each message on one line. */
function createAnswerWatch() {
  const decoder = new TextDecoder();
  let line = '';
  let seen = false;
  return {
    isSeen: () => seen,
    watch(bytes: Uint8Array) {
      const [first = '', ...more] = decoder.decode(bytes, { stream: true }).split('\n');
      line += first;
      for (const next of more) {
        seen ||= isAnswer(line);
        line = next;
      }
    },
  };
}

function isAnswer(line: string): boolean {
  if (!line.startsWith('data:')) return false;
  const message = JSONRPCMessageSchema.safeParse(JSON.parse(line.slice('data:'.length)));
  return message.success && ('result' in message.data || 'error' in message.data);
}

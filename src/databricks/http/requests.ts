// Requests to one workspace as one person: verifies TLS, reads int64 without rounding, bounds repeats, sizes and the rate of exports.
// Imported in parts: the whole SDK takes 0.4 s to load, and nothing here calls its services' methods.
import { ApiClient } from '@databricks/sdk-experimental/dist/api-client.js';
import { ApiError, HttpError } from '@databricks/sdk-experimental/dist/apierr.js';
import { Config } from '@databricks/sdk-experimental/dist/config/index.js';
import { Context } from '@databricks/sdk-experimental/dist/context/index.js';
import { TimeoutError } from '@databricks/sdk-experimental/dist/retries/retries.js';
import { type Clock, deadlineSignal } from '../../values/clock.ts';
import { codeOf, UpstreamError, UserError } from '../../values/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import { createPatience, type OnWait, serverTrouble, type TokenSource, type Trouble, tokenTrouble } from '../../values/patience.ts';
import { orAborted } from '../../values/slots.ts';
import { hostSlots } from './host-slots.ts';
import { LIMITS } from './limits.ts';

/** An array is sent as the same parameter several times. */
export type QueryParameters = Readonly<Record<string, string | string[]>>;

/** Requests to one workspace. They reject with UpstreamError, with what `token` rejects with, or with the signal's reason. */
export interface Requests {
  readonly host: string;
  readonly clock: Clock;
  /** GET of a JSON object; its integers are kept to the digit. */
  getJson(path: string, query: QueryParameters, signal?: AbortSignal): Promise<JsonObject>;
  /** GET of workspace/export, within the rate limit that everybody on this host shares: the bytes, or undefined for more than 10 MB. */
  exportFile(query: QueryParameters, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** POST of something that only reads, such as a query. It is not repeated when the connection breaks. */
  postJson(path: string, payload: JsonObject, signal?: AbortSignal): Promise<JsonObject>;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: QueryParameters;
  readonly payload?: JsonObject;
}

interface RequestsOptions {
  /** With its scheme. */
  readonly host: string;
  readonly token: TokenSource;
  readonly clock: Clock;
  /** Reads wait for a workspace that is down, and tell it; else they are sent a second time at most. */
  readonly onWait?: OnWait | undefined;
  readonly log: Pick<Logger, 'debug'>;
}

/**
 * Creates the requests of one person. TLS is verified because skipVerify is given as false: left out, the SDK accepts any certificate and
 * sends it the token (facts: libraries#databricks-sdk).
 */
export function createRequests({ host, token, clock, onWait, log }: RequestsOptions): Requests {
  const client = (retryTimeoutSeconds: number) => {
    const config = new Config({
      host,
      authType: 'pat',
      skipVerify: false,
      // No loaders: neither the environment nor ~/.databrickscfg may change who calls are made as.
      loaders: [],
      // Each call brings its own: the SDK does not say which one was refused.
      credentials: { name: 'pat', configure: async () => async () => undefined },
      retryTimeoutSeconds,
      httpTimeoutSeconds: LIMITS.idleSeconds,
    });
    return new ApiClient(config, { product: 'dab-bot', productVersion: '0.1.0' });
  };
  const repeatingClient = client(LIMITS.retrySeconds);
  // In one second the SDK repeats nothing, since its first pause is longer: so every export takes a slot, a repeated one too.
  const exportClient = client(1);
  const patience = createPatience({ of: 'Databricks', clock, onWait });
  const slot = hostSlots({ host, clock }, 'exportsPerSecond');
  /** The token that these requests began with, once the workspace has refused it. */
  let refused: string | undefined;

  /** The token to begin with. It may wait for the sign-in, or for our own database. */
  function tokenNow(signal?: AbortSignal): Promise<string> {
    const given = patience.tryOn(() => token(refused), tokenTrouble, signal);
    return signal === undefined ? given : orAborted(given, signal);
  }

  /** Asks once more with another token where `used` is refused: a sign-in may end before its time. No second one is tried. */
  async function signedIn(by: ApiClient, call: Call, used: string, signal: AbortSignal): Promise<unknown> {
    try {
      return await request(by, call, used, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.statusCode !== 401 || (refused ?? used) !== used) throw error;
      refused = used;
      const next = await token(used);
      if (next === used) throw error;
      return await request(by, call, next, signal);
    }
  }

  async function send(by: ApiClient, call: Call, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted();
    const operation = `${call.method} ${call.path.replace(/^\/api\/[\d.]+\//, '')}`;
    // Before the time of the call begins, which is the workspace's.
    const used = await tokenNow(signal);
    const bound = AbortSignal.any([deadlineSignal(clock, LIMITS.callMs), ...(signal === undefined ? [] : [signal])]);
    const started = clock.now();
    try {
      const ask = () => signedIn(by, call, used, bound);
      const answer = await (by === exportClient ? slot(ask, bound) : orAborted(ask(), bound));
      return await orAborted(readBody(answer), bound);
    } catch (error) {
      signal?.throwIfAborted();
      // Of another token: not what the workspace says.
      if (error instanceof UserError || error instanceof UpstreamError) throw error;
      throw upstream(operation, error);
    } finally {
      log.debug({ operation, ms: clock.now() - started }, 'Called Databricks');
    }
  }

  /** Sends a read again after a server's error or a broken connection, which may be over in a moment, or in a minute. */
  function read(by: ApiClient, call: Call, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const troubleOf = (error: unknown) => (error instanceof UpstreamError ? passing(error, onWait !== undefined) : undefined);
    return patience.tryOn(() => send(by, call, signal), troubleOf, signal);
  }

  return {
    host,
    clock,
    async exportFile(query, signal) {
      const until = clock.now() + LIMITS.retrySeconds * 1000;
      for (;;) {
        try {
          return await read(exportClient, { method: 'GET', path: '/api/2.0/workspace/export', query }, signal);
        } catch (error) {
          const busy = error instanceof UpstreamError && error.failure.status === 429;
          if (!busy || clock.now() > until) throw error;
        }
      }
    },
    getJson: async (path, query, signal) => parsed(path, await read(repeatingClient, { method: 'GET', path, query }, signal)),
    postJson: async (path, payload, signal) => parsed(path, await send(repeatingClient, { method: 'POST', path, payload }, signal)),
  };
}

function parsed(path: string, body: Uint8Array | undefined): JsonObject {
  const failure = { service: 'databricks', operation: path } as const;
  if (body === undefined) throw new UpstreamError({ ...failure, code: 'ANSWER_TOO_LARGE' });
  try {
    const value = parseJson(new TextDecoder().decode(body));
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UpstreamError({ ...failure, code: 'NOT_JSON' });
}

/** A kept-alive connection that the far side has just closed. */
const CLOSED = ['ECONNRESET', 'EPIPE'];
/** Nobody there for now: for whoever waits. A name that is not known is no such code, but most often a wrong address. */
const AWAY = ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'];

/** Of trouble that may pass, what is said, and how long it is waited for; undefined for all else, 501 (no such route) among it. */
function passing({ failure: { service, status, code = '', passing } }: UpstreamError, isPatient: boolean): Trouble | undefined {
  // Of our own database, which the work is begun anew for, or of a sign-in, which was waited for.
  if (service !== 'databricks' || passing !== undefined) return undefined;
  if (status === undefined) {
    if (!CLOSED.includes(code) && !(isPatient && AWAY.includes(code))) return undefined;
    return { title: `The workspace could not be reached (${code}).` };
  }
  if (status < 500 || status === 501) return undefined;
  return serverTrouble('Databricks', status);
}

async function request(client: ApiClient, call: Call, token: string, signal: AbortSignal): Promise<unknown> {
  const context = new Context({
    cancellationToken: {
      get isCancellationRequested() {
        return signal.aborted;
      },
      onCancellationRequested: (listener) => signal.addEventListener('abort', () => listener(), { once: true }),
    },
  });
  const headers = new Headers({
    Accept: '*/*',
    Authorization: `Bearer ${token}`,
    ...(call.payload === undefined ? {} : { 'Content-Type': 'application/json' }),
  });
  const answer = await client.request({ ...call, query: call.query ?? {}, headers, raw: true }, context);
  return typeof answer === 'object' && answer !== null && 'contents' in answer ? answer.contents : undefined;
}

async function readBody(body: unknown): Promise<Uint8Array | undefined> {
  if (!(body instanceof ReadableStream)) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    // Read to the end even when it is too large: the SDK's stream, left early, throws where nobody can catch it.
    if (size > LIMITS.responseBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return size > LIMITS.responseBytes ? undefined : Uint8Array.from(Buffer.concat(chunks));
}

/** The SDK's error as ours, with status and code only: bodies may hold foreign text. */
function upstream(operation: string, error: unknown): UpstreamError {
  const failure = { service: 'databricks', operation } as const;
  if (error instanceof ApiError)
    return new UpstreamError({ ...failure, status: error.statusCode, code: error.errorCode }, { cause: error });
  // The SDK repeats after 429 and transient errors; when it gives up, its error does not say after which.
  if (error instanceof TimeoutError) return new UpstreamError({ ...failure, status: 429, code: 'BUSY' }, { cause: error });
  if (error instanceof HttpError) return new UpstreamError({ ...failure, code: 'ENOTFOUND' }, { cause: error });
  if (error instanceof DOMException && error.name === 'TimeoutError') return new UpstreamError({ ...failure, code: 'NO_ANSWER' });
  const code = codeOf(error) ?? 'NO_CONNECTION';
  return new UpstreamError({ ...failure, code }, { cause: error });
}

// A Claude that isn't one: the Messages API on loopback, as strict as Databricks' endpoint, with a few rules instead of a model.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../values/clock.ts';
import { keepConnections } from '../http/keep-connections.ts';
import { replay, type Say } from './conversation/talk.ts';
import { readTurn, type Turn } from './conversation/turn.ts';
import type { MessagesRequest } from './conversation/wire.ts';
import { createFaults, errorType, type Fault, type Faults } from './faults.ts';
import { check } from './guard.ts';
import { choose } from './rules/choose.ts';
import { sign } from './signature.ts';
import { pass } from './strike.ts';
import { createVoice, FAST, type Pace, tokens } from './voice.ts';

export interface ClaudeStandInOptions {
  /** Loopback port; a free one when left out. */
  readonly port?: number | undefined;
  /** The bearer token that is right; a random one when left out. */
  readonly apiKey?: string | undefined;
  /** How fast it speaks; at once when left out (HUMAN for people). */
  readonly pace?: Pace | undefined;
  /** The delays of faults go by it; the pace is aimock's own. */
  readonly clock?: Clock | undefined;
  /** Says something else than the rules would; undefined leaves it to them. For tests. */
  readonly script?: ((turn: Turn, request: MessagesRequest) => Say | undefined) | undefined;
}

/** One request as it came; never its headers. */
interface RecordedRequest {
  readonly status: number;
  /** The body as text. */
  readonly body: string;
  /** What the guard or a fault answered instead of words. */
  readonly refusal?: string | undefined;
}

export interface ClaudeStandIn {
  /** The base URL for the SDK, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly apiKey: string;
  /** Every request, oldest first. */
  readonly requests: RecordedRequest[];
  readonly faults: Faults;
  close(): Promise<void>;
}

/** Most requests that are kept, and the largest body, in bytes (Anthropic's own limit is 32 MB). */
const MOST_REQUESTS = 500;
const LARGEST_BODY = 32 * 1024 * 1024;

export async function createClaudeStandIn(options: ClaudeStandInOptions = {}): Promise<ClaudeStandIn> {
  const apiKey = options.apiKey ?? `offline-${randomBytes(12).toString('hex')}`;
  const clock = options.clock ?? systemClock;
  const requests: RecordedRequest[] = [];
  const faults = createFaults();
  const voice = await createVoice(options.pace ?? FAST);

  function record(entry: RecordedRequest): void {
    requests.push(entry);
    if (requests.length > MOST_REQUESTS) requests.shift();
  }

  function refuse(
    response: ServerResponse,
    body: string,
    refusal: { status: number; type: string; message: string; retryAfter?: number },
  ): void {
    record({ status: refusal.status, body, refusal: refusal.message });
    const id = requestId();
    response.writeHead(refusal.status, {
      'content-type': 'application/json',
      'request-id': id,
      ...(refusal.retryAfter === undefined ? {} : { 'retry-after': String(refusal.retryAfter) }),
    });
    response.end(JSON.stringify({ type: 'error', error: { type: refusal.type, message: refusal.message }, request_id: id }));
  }

  async function serve(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (request.method !== 'POST' || !path.endsWith('/v1/messages')) {
      return refuse(response, body, { status: 404, type: 'not_found_error', message: 'Not found' });
    }
    const checked = check(request.headers, body, apiKey);
    if (!checked.ok) return refuse(response, body, checked.refusal);
    const fault = faults.take();
    if (fault?.kind === 'http') {
      const type = fault.type ?? errorType(fault.status);
      const retryAfter = fault.retryAfter === undefined ? {} : { retryAfter: fault.retryAfter };
      return refuse(response, body, { status: fault.status, type, message: 'ordered by a test', ...retryAfter });
    }
    if (checked.request.stream !== true) {
      return refuse(response, body, { status: 400, type: 'invalid_request_error', message: 'stream: this endpoint only streams' });
    }
    record({ status: 200, body });
    await answer(checked.request, body, response, fault);
  }

  async function answer(request: MessagesRequest, body: string, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    if (fault?.kind === 'delay') await clock.sleep(fault.ms, gone.signal);
    const turn = readTurn(request);
    const say = options.script?.(turn, request) ?? replay(choose(turn), turn);
    const thinking =
      turn.rounds.length === 0 ? 'The person asks for something; I choose what to do.' : 'I read what the tools answered and go on.';
    const stop = fault?.kind === 'refusal' ? 'refusal' : fault?.kind === 'max-tokens' ? 'max_tokens' : undefined;
    const events = await voice.speak(
      {
        ...(stop === 'refusal' ? { calls: [] } : say),
        ...(stop === 'refusal' ? { text: 'I ' } : {}),
        model: request.model,
        thinking,
        signature: sign(request, thinking),
        ids: say.calls.map((_, index) => callId(request, index)),
        stop,
        inputTokens: tokens(body.length),
      },
      gone.signal,
    );
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'request-id': requestId() });
    await pass(events, response, fault);
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: string | undefined;
    try {
      body = await readBody(request);
    } catch {
      // Who hangs up in the middle of a request has not asked anything.
      return void response.destroy();
    }
    if (body === undefined)
      return refuse(response, '', { status: 413, type: 'request_too_large', message: 'Request exceeds the maximum size' });
    try {
      await serve(request, body, response);
    } catch (error) {
      // Somebody who left (Stop) needs no answer; a broken rule must not look like one.
      if (response.destroyed) return;
      if (response.headersSent) return void response.destroy();
      const why = error instanceof Error ? error.message : 'unknown';
      refuse(response, body, { status: 500, type: 'api_error', message: `the stand-in broke: ${why}` });
    }
  }

  const server = keepConnections(createServer((request, response) => void receive(request, response)));
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    apiKey,
    requests,
    faults,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await voice.close();
    },
  };
}

/** The same call of the same conversation has the same id again. */
function callId(request: MessagesRequest, index: number): string {
  const hash = createHash('sha256').update(JSON.stringify(request.messages)).update(String(index)).digest('hex');
  return `toolu_${hash.slice(0, 24)}`;
}

function requestId(): string {
  return `req_${randomBytes(9).toString('hex')}`;
}

/** The body as text; undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

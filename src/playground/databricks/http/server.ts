// The HTTP side: reads a request, checks host and token, lets faults strike, runs the route, writes the answer and the journal.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../../values/clock.ts';
import { keepConnections } from '../../http/keep-connections.ts';
import { type Answer, type Call, Refusal, refusalAnswer, type User } from './answer.ts';
import type { Fault, Faults } from './faults.ts';
import { stringifyJson } from './json.ts';

/** What the journal keeps of a request; never a token or a body. */
export interface JournalEntry {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly search: string;
  /** 0 until answered, and for good where the connection was cut or left hanging. */
  status: number;
  /** The caller hung up before its answer was written. */
  abandoned: boolean;
  userName?: string | undefined;
  readonly agent: string;
  /** Size of the request's body. */
  bytes: number;
}

/** Longest journal; older entries go. */
const JOURNAL_LENGTH = 20_000;

interface ServerParts {
  readonly faults: Faults;
  readonly requests: JournalEntry[];
  readonly latencyMs: number;
  readonly clock: Clock;
  /** Takes a request whole (sign-in pages); false where it isn't theirs. `body` is read on demand. */
  readonly special: (request: IncomingMessage, response: ServerResponse, path: string, body: () => Promise<Buffer>) => Promise<boolean>;
  readonly userOf: (token: string) => Promise<User | undefined>;
  /** Everything with a token, and public pages. `user` is undefined on public routes only. */
  readonly answer: (
    call: Omit<Call, 'params' | 'user'>,
    user: () => Promise<User>,
    search: string,
    contentType: string | undefined,
  ) => Promise<Answer>;
}

export function createHttpServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch((cause: unknown) => {
      if (response.headersSent) response.destroy();
      else
        write(
          response,
          refusalAnswer({ status: 500, message: `The stand-in broke: ${cause instanceof Error ? cause.message : 'unknown'}` }),
        );
    });
  });
  return keepConnections(server);
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const at = parts.clock.now();
  const method = request.method ?? 'GET';
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const search = query === '' ? '' : `?${query}`;
  const entry: JournalEntry = {
    at,
    method,
    path,
    search,
    status: 0,
    abandoned: false,
    agent: request.headers['user-agent'] ?? '',
    bytes: 0,
  };
  parts.requests.push(entry);
  if (parts.requests.length > JOURNAL_LENGTH) parts.requests.shift();
  response.once('finish', () => {
    entry.status = response.statusCode;
  });
  response.once('close', () => {
    entry.abandoned = !response.writableFinished;
  });
  const send = (answer: Answer): void => {
    entry.status = answer.status;
    write(response, answer);
  };
  // A page elsewhere must not reach a loopback server through a name it controls.
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
    send(refusalAnswer({ status: 403, message: 'This stand-in answers on loopback only.' }));
    return;
  }
  const readBody = async (): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    entry.bytes = body.length;
    return body;
  };
  const fault = parts.faults.take(method, path);
  if (parts.latencyMs > 0) await systemClock.sleep(parts.latencyMs);
  if (fault?.delayMs !== undefined) await parts.clock.sleep(fault.delayMs);
  await fault?.until;
  if (fault !== undefined && fault.afterHandler !== true && strike(response, fault, send)) {
    request.resume();
    return;
  }
  if (await parts.special(request, response, path, readBody)) return;

  const call = { method, path, query: new URLSearchParams(query), body: await readBody() };
  const user = async (): Promise<User> => {
    const found = await authenticate(parts, request.headers.authorization);
    entry.userName = found.userName;
    return found;
  };
  let answer: Answer;
  try {
    answer = await parts.answer(call, user, search, request.headers['content-type']);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    answer = refusalAnswer(cause);
  }
  if (fault?.afterHandler === true && strike(response, fault, send)) return;
  send(answer);
}

/** 401 without a usable header; 403 for a token nobody knows (facts: databricks#error-answers). */
async function authenticate(parts: ServerParts, header: string | undefined): Promise<User> {
  const token = /^Bearer (.+)$/.exec(header ?? '')?.[1];
  if (token === undefined) throw new Refusal(401, 'UNAUTHENTICATED', 'Credential was not sent or was of an unsupported type for this API.');
  const user = await parts.userOf(token);
  if (user !== undefined) return user;
  if (token.startsWith('dapi')) throw new Refusal(403, 'PERMISSION_DENIED', 'Invalid access token.');
  throw new Refusal(401, 'UNAUTHENTICATED', 'Access token is invalid or has expired.');
}

/** True when the fault took the place of an answer. */
function strike(response: ServerResponse, fault: Fault, send: (answer: Answer) => void): boolean {
  if (fault.hang === true) return true;
  if (fault.close === true) {
    response.destroy();
    return true;
  }
  if (fault.status === undefined) return false;
  const answer = refusalAnswer({ status: fault.status, message: fault.message ?? 'A fault was switched on for this route.' });
  send({ ...answer, headers: fault.headers });
  return true;
}

function write(response: ServerResponse, answer: Answer): void {
  const body = answer.bytes ?? Buffer.from(stringifyJson(answer.json ?? {}));
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(body);
}

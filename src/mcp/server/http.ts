// The server over Streamable HTTP: every request is handled alone, as the person whose token it brings.
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CancelledNotificationSchema, RequestIdSchema } from '@modelcontextprotocol/sdk/types.js';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { sha256 } from '../../bundle/model/bundle.ts';
import type { OwnedBundles } from '../../storage/bundles/owned-bundles.ts';
import { LIMITS } from '../limits.ts';
import { CONNECTION_HEADER } from '../meta.ts';
import type { Caller } from '../tools/support/define-tool.ts';
import type { Authenticate } from './http-auth.ts';
import { getBundle, headBundle, putBundle } from './http-bundles.ts';
import { type AllowedSenders, checkSender } from './http-senders.ts';
import { createServer, type ServerDeps } from './server.ts';

interface HttpDeps extends Omit<ServerDeps, 'bundles'> {
  /** The bundles of one person, and of nobody else. */
  readonly bundlesOf: (caller: Caller) => OwnedBundles;
  readonly authenticate: Authenticate;
  /** The workspace, whose sign-in issues the tokens. */
  readonly host: string;
  /** The address by which callers reach us, without a slash at the end. */
  readonly publicUrl: string;
  readonly senders: AllowedSenders;
  /** Whether we can work, for /readyz. */
  readonly ready: () => Promise<{ readonly ok: boolean; readonly checks: Readonly<Record<string, unknown>> }>;
}

/** JSON-RPC's error codes for a request that is refused before its message is handled. */
const REFUSED = -32000;
const PARSE_ERROR = -32700;

/** The express app: `/mcp`, `/bundles/<digest>`, the metadata of RFC 9728, `/healthz` and `/readyz`. */
export function createHttpApp(deps: HttpDeps): Express {
  const { log, publicUrl } = deps;
  const app = express();
  const running = createRunningCalls();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  app.get('/healthz', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const state = await deps.ready();
    response.status(state.ok ? 200 : 503).json(state);
  });
  app.use(checkSender(deps.senders, (response, words) => refuse(response, 403, words)));

  const metadataPath = '/.well-known/oauth-protected-resource';
  app.get([metadataPath, `${metadataPath}/mcp`], (_request, response) => {
    response.json({
      resource: `${publicUrl}/mcp`,
      resource_name: 'Databricks tools of DAB Bot',
      authorization_servers: [`${deps.host}/oidc`],
      scopes_supported: ['all-apis', 'offline_access'],
      bearer_methods_supported: ['header'],
    });
  });

  const signedIn: RequestHandler = async (request, response, next) => {
    const answer = await deps.authenticate(request);
    if ('caller' in answer) {
      response.locals.caller = answer.caller;
      return next();
    }
    if ('trouble' in answer) {
      response.set('Retry-After', '5');
      return refuse(response, 503, answer.trouble.message);
    }
    const bad = answer.refused === 'bad token';
    response.set('WWW-Authenticate', `Bearer resource_metadata="${publicUrl}${metadataPath}/mcp"${bad ? ', error="invalid_token"' : ''}`);
    refuse(
      response,
      401,
      bad ? 'The workspace refuses this token. Sign in again.' : 'Send a Databricks token of this workspace as a bearer.',
    );
  };

  // The sign-in is checked first, so that a stranger's body is never read.
  app.post('/mcp', signedIn, express.json({ limit: LIMITS.messageBytes }), (request, response) =>
    answerMessage(deps, running, request, response),
  );
  app.all('/mcp', (_request, response) => {
    response.set('Allow', 'POST');
    refuse(response, 405, 'This server keeps no connection: send POST.');
  });
  app
    .route('/bundles/:digest')
    .all(signedIn)
    // Before GET, which express would call for HEAD too.
    .head((request, response) => headBundle(deps.bundlesOf(callerOf(response)), request.params.digest, response))
    .get((request, response) => getBundle(deps.bundlesOf(callerOf(response)), request.params.digest, response))
    .put(express.text({ type: () => true, limit: LIMITS.bundleBytes }), (request, response) =>
      putBundle(deps.bundlesOf(callerOf(response)), { host: deps.host, digest: request.params.digest, body: request.body }, response),
    );
  app.use((_request, response) => refuse(response, 404, `There is nothing here. The server is at ${publicUrl}/mcp.`));

  const onError: ErrorRequestHandler = (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) log.error({ err: error, method: request.method, path: request.path }, 'a request of the MCP server failed');
    if (status === 413) return refuse(response, status, 'The request is larger than this server takes.');
    refuse(response, status, status < 500 ? 'The body is not what it should be.' : 'The server failed. Try again.', status === 400);
  };
  app.use(onError);
  return app;
}

/** Each message gets a server of its own: progress and answer go out as one stream, and the work stops when the caller hangs up. */
async function answerMessage(deps: HttpDeps, running: RunningCalls, request: Request, response: Response): Promise<void> {
  const caller = callerOf(response);
  const cancelled = Cancelled.safeParse(request.body);
  if (cancelled.success) {
    running.stop(await keyOf(caller, request, cancelled.data.params.requestId));
    response.status(202).end();
    return;
  }
  const server = createServer({ ...deps, bundles: deps.bundlesOf(caller) }, caller);
  const transport = new StreamableHTTPServerTransport({ keepAliveMs: LIMITS.keepAliveMs });
  const close = () => {
    server.close().catch((error: unknown) => deps.log.warn({ err: error }, 'a connection was not closed'));
  };
  // Only this tells a running call that nobody waits for it any more (facts: claude-and-mcp#mcp-transports-and-cancelling).
  response.once('close', close);
  const asked = WithId.safeParse(request.body);
  if (asked.success) response.once('close', running.add(await keyOf(caller, request, asked.data.id), close));
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
}

const WithId = z.object({ id: RequestIdSchema });
const Cancelled = CancelledNotificationSchema.extend({ params: z.object({ requestId: RequestIdSchema }) });

interface RunningCalls {
  /** Answers a function to call when it has ended. */
  add(key: string, stop: () => void): () => void;
  stop(key: string): void;
}

/** The calls under way, so that a message can stop one too: clients of the SDK send such a message and keep the stream open. */
function createRunningCalls(): RunningCalls {
  const all = new Map<string, Set<() => void>>();
  return {
    add(key, stop) {
      const same = all.get(key) ?? new Set();
      all.set(key, same.add(stop));
      return () => {
        same.delete(stop);
        if (same.size === 0) all.delete(key);
      };
    },
    stop: (key) => all.get(key)?.forEach((stop) => void stop()),
  };
}

/** A request's key. Every client counts its requests from 0, so an id is unique only for one token and one connection. */
async function keyOf(caller: Caller, request: Request, id: string | number): Promise<string> {
  return JSON.stringify([sha256(await caller.token()), request.get(CONNECTION_HEADER) ?? '', id]);
}

function callerOf(response: Response): Caller {
  return response.locals.caller;
}

function refuse(response: Response, status: number, message: string, parsing = false): void {
  response.status(status).json({ jsonrpc: '2.0', id: null, error: { code: parsing ? PARSE_ERROR : REFUSED, message } });
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

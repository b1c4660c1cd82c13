// The HTTP side: is the process alive, is it ready, its metrics, and the pages of the sign-in.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { LinkFlow } from '../identity/flow.ts';
import type { Logger } from '../log.ts';
import { policyOf } from './layout.ts';
import { createSignIn, sendPage } from './sign-in.ts';
import { renderProblem } from './sign-in-pages.ts';

export interface Readiness {
  readonly ok: boolean;
  /** What was looked at, each with a word on how it is. */
  readonly checks: Readonly<Record<string, unknown>>;
}

export interface WebDeps {
  flow: LinkFlow;
  /** Where people reach us; over https the cookie is Secure. */
  publicUrl: string;
  ready: () => Promise<Readiness>;
  /** The Prometheus text. */
  metrics: () => Promise<string>;
  log: Logger;
}

export interface Web {
  readonly app: Express;
  /** Listens (port 0: any free one); answers the address. Throws when the port is taken. */
  start(port: number, host?: string): Promise<{ port: number; url: string }>;
  /** Takes no new requests, lets running ones end for a while. */
  stop(): Promise<void>;
}

/** How long a running request may take when the process is asked to end. */
const DRAIN_MS = 5_000;
const IDLE_MS = 50;
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function createWeb(deps: WebDeps): Web {
  const { log } = deps;
  const app = express();
  let server: Server | undefined;
  let isStopping = false;
  // Express's answers would otherwise say what we run on and cache by content; `trust proxy` stays off: nothing here
  // believes a forwarded header (facts: security T6).
  app.disable('x-powered-by');
  app.disable('etag');

  app.use((_request, response, next) => {
    response.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': policyOf(),
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
    if (isStopping) response.set('Connection', 'close');
    next();
  });

  app.get('/healthz', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const state = isStopping ? { ok: false, checks: { process: 'stopping' } } : await deps.ready();
    response.status(state.ok ? 200 : 503).json(state);
  });
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', METRICS_TYPE).send(await deps.metrics());
  });
  app.use('/auth', createSignIn(deps.flow, { secure: new URL(deps.publicUrl).protocol === 'https:' }));

  app.use((_request, response) => {
    sendPage(response, renderProblem(NOT_FOUND));
  });
  // Express knows an error handler by its four parameters. The address is not logged: it may hold a code.
  const onError: ErrorRequestHandler = (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) log.error({ err: error, method: request.method }, 'A web request failed');
    sendPage(response, renderProblem({ ...FAILED, status }));
  };
  app.use(onError);

  return {
    app,
    async start(port, host = '0.0.0.0') {
      const listening = createServer(app);
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(port, host, resolve);
      });
      server = listening;
      const at = listening.address() as AddressInfo;
      return { port: at.port, url: `http://${host.includes(':') ? `[${host}]` : host}:${at.port}` };
    },
    async stop() {
      isStopping = true;
      const stopping = server;
      server = undefined;
      if (stopping === undefined) return;
      const late = setTimeout(() => stopping.closeAllConnections(), DRAIN_MS);
      // A connection that was kept alive falls idle when its running request ends, which nothing tells us.
      const idle = setInterval(() => stopping.closeIdleConnections(), IDLE_MS);
      await new Promise<void>((resolve) => {
        stopping.close(() => resolve());
      });
      clearTimeout(late);
      clearInterval(idle);
    },
  };
}

const NOT_FOUND = {
  status: 404,
  title: 'Nothing here',
  problem: 'There is no page at this address.',
  next: 'DAB Bot lives in Slack: type /dab help there.',
};
const FAILED = { title: 'That did not work', problem: 'Something went wrong on our side.', next: 'Go back to Slack and try again.' };

/** Express's own refusals (a body too large, a bad encoding) carry a 4xx status; everything else is our bug. */
function statusOf(error: unknown): number {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

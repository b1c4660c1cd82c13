// The HTTP side: is the process alive, is it ready, its metrics, and the pages of the sign-in.
import express, { type ErrorRequestHandler, type Router } from 'express';
import type { LinkFlow } from '../identity/link-flow.ts';
import type { Logger } from '../values/log.ts';
import { createHttpListener } from './http-listener.ts';
import { policyOf } from './layout.ts';
import type { Readiness } from './readiness.ts';
import { createSignIn, sendPage } from './sign-in.ts';
import { renderProblem } from './sign-in-pages.ts';

interface WebDeps {
  /** Where people reach us; over https the cookie is Secure. */
  publicUrl: string;
  ready: () => Promise<Readiness>;
  /** The Prometheus text. */
  metrics: () => Promise<string>;
  log: Logger;
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function createWeb(deps: WebDeps) {
  const { log } = deps;
  const app = express();
  const listener = createHttpListener();
  let signIn: Router | undefined;
  // Express's answers would otherwise say what we run on and cache by content; `trust proxy` stays off: nothing here
  // believes a forwarded header (facts: security#forwarded-headers).
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
    next();
  });

  app.get('/healthz', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const state = listener.isStopping() ? { ok: false, checks: { process: 'stopping' } } : await deps.ready();
    response.status(state.ok ? 200 : 503).json(state);
  });
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', METRICS_TYPE).send(await deps.metrics());
  });
  app.use('/auth', (request, response, next) => {
    if (signIn === undefined) return sendPage(response, renderProblem(STARTING));
    signIn(request, response, next);
  });

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
    /** Until then its pages say that the bot starts. */
    serveSignIn(flow: LinkFlow) {
      signIn = createSignIn(flow, { secure: new URL(deps.publicUrl).protocol === 'https:' });
    },
    /** Answers the address; port 0: any free one. */
    start: (port: number, host?: string) => listener.start(app, port, host),
    stop: listener.stop,
  };
}

const NOT_FOUND = {
  status: 404,
  title: 'Nothing here',
  problem: 'There is no page at this address.',
  next: 'DAB Bot lives in Slack: type /dab help there.',
};
const STARTING = {
  status: 503,
  title: 'DAB Bot is starting',
  problem: 'It does not have its database yet.',
  next: 'Open this page again in a minute.',
};
const FAILED = { title: 'That did not work', problem: 'Something went wrong on our side.', next: 'Go back to Slack and try again.' };

/** Express's own refusals (a body too large, a bad encoding) carry a 4xx status; everything else is our bug. */
function statusOf(error: unknown): number {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

// The routes of the sign-in: two GETs that change nothing for anybody, two POSTs, one cookie.
import { type Request, type Response, Router, urlencoded } from 'express';
import type { LinkFlow } from '../identity/link-flow.ts';
import type { LinkPage } from '../identity/link-pages.ts';
import { type Rendered, renderLinkPage, renderProblem } from './sign-in-pages.ts';

/** A form has two short fields. */
const BODY_LIMIT = '4kb';
/** As long as a sign-in may take. */
const COOKIE_MS = 10 * 60_000;

/** `secure`: the pages are served over https (all but on this machine). */
export function createSignIn(flow: LinkFlow, options: { secure: boolean }): Router {
  // __Host-: the browser takes it over https only, for this host and the whole path.
  const cookie = options.secure ? '__Host-dab_link' : 'dab_link';
  const attributes = { httpOnly: true, sameSite: 'lax', secure: options.secure, path: '/' } as const;
  const router = Router();

  const browserOf = (request: Request) => cookieOf(request.headers.cookie, cookie);
  const show = (response: Response, page: LinkPage) => sendPage(response, renderLinkPage(page));

  // A form of another site can be posted here too; browsers say so. (Origin is of no use: under no-referrer it is "null".)
  router.post(/.*/, (request, response, next) => {
    const site = request.headers['sec-fetch-site'];
    if (site === undefined || site === 'same-origin') return next();
    sendPage(response, renderProblem(FOREIGN_FORM));
  });

  router.get('/start/:nonce', async (request, response) => show(response, await flow.open(request.params.nonce)));

  router.post('/start/:nonce', async (request, response) => {
    const begun = await flow.begin(request.params.nonce ?? '', browserOf(request));
    if (begun.kind === 'refused') return show(response, begun);
    response.cookie(cookie, begun.browser, { ...attributes, maxAge: COOKIE_MS });
    response.redirect(303, begun.url);
  });

  // Express answers HEAD with a GET's handler, and this one uses up the sign-in.
  router.head('/callback', (_request, response) => {
    response.status(405).set('Allow', 'GET').end();
  });
  router.get('/callback', async (request, response) => {
    const query = request.originalUrl.split('?').slice(1).join('?');
    show(response, await flow.callback(new URLSearchParams(query), browserOf(request)));
  });

  router.post('/confirm', urlencoded({ extended: false, limit: BODY_LIMIT }), async (request, response) => {
    const body: unknown = request.body;
    const answer = { nonce: fieldOf(body, 'nonce'), csrf: fieldOf(body, 'csrf') };
    const isYes = fieldOf(body, 'answer') === 'confirm';
    show(response, await (isYes ? flow.confirm(answer, browserOf(request)) : flow.refuse(answer, browserOf(request))));
  });

  return router;
}

export function sendPage(response: Response, page: Rendered): void {
  response.status(page.status).set('Content-Security-Policy', page.policy).type('html').send(page.text);
}

const FOREIGN_FORM = {
  status: 403,
  title: 'This form was not ours',
  problem: 'Another site sent it, so nothing was done.',
  next: 'Go back to Slack and press Connect again.',
};

/** A form's field as text; absent or sent twice is empty. */
function fieldOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null) return '';
  const value: unknown = Object.entries(body).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : '';
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(';').find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}

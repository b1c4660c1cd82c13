// The page's own HTTP: static files, state, an event stream, and what a person does; behind a key, with Host and Origin checked.
import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { systemClock } from '../../../values/clock.ts';
import { CannotDo } from '../people/interactions.ts';
import { fileFor } from '../people/person.ts';
import type { Viewer } from '../people/viewer.ts';
import { answerJson, answerText, readBody } from '../protocol/http.ts';
import { isDict } from '../protocol/refusal.ts';
import type { Changes } from '../team/changes.ts';
import type { StandInUser, State } from '../team/state.ts';
import type { PageActions } from './page-actions.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
/** The page runs its own files only, talks to its own server only, and can't be framed. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // The key stands in the address.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
/** Keeps proxies and browsers from closing a quiet stream. */
const HEARTBEAT_MS = 15_000;

interface PageServer {
  /** Answers everything that is not the Web API: page files, state, stream, actions, downloads. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  close(): void;
}

interface PageDeps {
  readonly state: State;
  readonly changes: Changes;
  readonly viewer: Viewer;
  readonly actions: PageActions;
  readonly dir: string | undefined;
  readonly key: string;
}

export function createPageServer({ state, changes, viewer, actions, dir, key }: PageDeps): PageServer {
  const streams = new Set<ServerResponse>();

  function sameKey(given: string): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(key)];
    return a.length === b.length && timingSafeEqual(a, b);
  }

  /** A page of another site must not reach this server, nor one that has rebound its name to loopback. */
  function foreign(request: IncomingMessage): string | undefined {
    const { host = '', origin } = request.headers;
    if (!LOOPBACK.test(host)) return 'This host is not served.';
    if (origin !== undefined && origin !== `http://${host}`) return 'This origin may not ask here.';
    if (request.headers['sec-fetch-site'] === 'cross-site' && request.url?.startsWith('/page/') === true)
      return 'This site may not ask here.';
    return undefined;
  }

  function userOf(url: URL): StandInUser {
    const user = state.users.get(url.searchParams.get('as') ?? '');
    if (user === undefined) throw new CannotDo('Say who you are: ?as=<user id>.');
    return user;
  }

  async function serveFile(response: ServerResponse, path: string): Promise<void> {
    const file = normalize(join(dir ?? '', path === '/' ? 'index.html' : decodeURIComponent(path)));
    const type = TYPES[extname(file)];
    if (dir === undefined || type === undefined || !file.startsWith(normalize(dir) + sep))
      return answerText(response, 404, 'not found', HEADERS);
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { ...HEADERS, 'content-type': type });
      response.end(bytes);
    } catch {
      answerText(response, 404, 'not found', HEADERS);
    }
  }

  function stream(response: ServerResponse, user: StandInUser): void {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(': hello\n\n');
    streams.add(response);
    const deaf = changes.listen((change) => {
      const event = viewer.event(change, user.id);
      if (event !== undefined) response.write(`event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`);
    });
    const quiet = systemClock.every(HEARTBEAT_MS, () => response.write(': still here\n\n'));
    response.on('close', () => {
      deaf();
      quiet();
      streams.delete(response);
    });
  }

  /** A file goes to somebody who sees it; without `as` to anybody with the key (the page's download links name no user). */
  function download(response: ServerResponse, url: URL): void {
    const id = url.pathname.split('/')[3] ?? '';
    const users = url.searchParams.has('as') ? [userOf(url)] : [...state.users.values()];
    const [user] = users.filter((one) => state.files.get(id)?.shares.some((share) => viewer.sees(one.id, share.channel)) === true);
    if (user === undefined) {
      answerText(response, 404, 'not found', HEADERS);
      return;
    }
    const { name, bytes } = fileFor(state, viewer, user.id, id);
    response.writeHead(200, {
      ...HEADERS,
      'content-security-policy': 'sandbox',
      'content-type': name.endsWith('.zip') ? 'application/zip' : 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
    response.end(bytes);
  }

  async function act(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (request.headers['content-type']?.startsWith('application/json') !== true) throw new CannotDo('Send JSON.');
    const body: unknown = JSON.parse((await readBody(request)).toString());
    if (!isDict(body)) throw new CannotDo('Send a JSON object.');
    await actions.act(path, body);
    answerJson(response, 200, { ok: true }, HEADERS);
  }

  async function handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const problem = foreign(request);
    if (problem !== undefined) return answerText(response, 403, problem, HEADERS);
    const path = url.pathname;
    const asset = request.method === 'GET' && path !== '/' && !path.startsWith('/page/');
    const header = request.headers['x-page-key'];
    if (!asset && !sameKey(url.searchParams.get('key') ?? (typeof header === 'string' ? header : '')))
      return answerText(response, 403, 'Open the address that the playground printed: it carries a key.', HEADERS);
    if (asset || (path === '/' && request.method === 'GET')) return serveFile(response, path);
    try {
      if (request.method === 'POST') return await act(request, response, path);
      if (request.method !== 'GET') return answerText(response, 405, 'GET and POST only', HEADERS);
      if (path === '/page/state') return answerJson(response, 200, { ...viewer.state(userOf(url)) }, HEADERS);
      if (path === '/page/stream') return stream(response, userOf(url));
      if (path.startsWith('/page/file/')) return download(response, url);
      // The page's own files may live under /page/ in its folder's addresses, too.
      return await serveFile(response, path.slice('/page'.length));
    } catch (error) {
      if (!(error instanceof CannotDo) && !(error instanceof SyntaxError)) throw error;
      answerJson(response, 400, { ok: false, error: error.message }, HEADERS);
    }
  }

  return {
    handle,
    close() {
      for (const response of streams) response.end();
    },
  };
}

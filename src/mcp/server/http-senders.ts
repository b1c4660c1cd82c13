// Which senders may call this server: a page in somebody's browser must not reach it by a host name of its own (DNS rebinding).
import type { RequestHandler, Response } from 'express';

export interface AllowedSenders {
  /** The host names by which callers may address us, without port; undefined where nobody can get around the proxy before us. */
  readonly hosts: readonly string[] | undefined;
  /** The origins of pages that may call, such as https://inspector.example; a page of our own host always may. */
  readonly origins: readonly string[];
}

/** What an allowed page may send and read (CORS). */
const FOR_PAGES = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Accept, MCP-Protocol-Version, Last-Event-ID',
  'Access-Control-Expose-Headers': 'WWW-Authenticate',
  'Access-Control-Max-Age': '600',
};

/** Refuses a foreign Host or Origin (programs send no Origin), and answers what browsers ask before a page of `origins` may call. */
export function checkSender({ hosts, origins }: AllowedSenders, refuse: (response: Response, words: string) => void): RequestHandler {
  return (request, response, next) => {
    const { host = '', origin } = request.headers;
    const name = hostnameOf(`http://${host}`);
    if (hosts !== undefined && (name === undefined || !hosts.includes(name)))
      return refuse(response, 'This server is not known by that host name.');
    response.vary('Origin');
    if (origin === undefined || isOwn(origin, host)) return next();
    if (!origins.includes(origin)) return refuse(response, 'Pages of that origin may not call this server.');
    response.set({ 'Access-Control-Allow-Origin': origin, ...FOR_PAGES });
    if (request.method === 'OPTIONS') return response.status(204).end();
    next();
  };
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function isOwn(origin: string, host: string): boolean {
  return host !== '' && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

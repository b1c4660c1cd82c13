// What a program answers over HTTP until it can work: that it is alive, what it waits for, and to come back for all else.
import type { RequestListener } from 'node:http';
import type { Readiness } from './readiness.ts';

export function createStarting(look: () => Promise<Readiness>): RequestListener {
  return async (request, response) => {
    const path = request.url?.split('?')[0];
    response.setHeader('Cache-Control', 'no-store');
    if (path === '/healthz') response.end('ok\n');
    else if (path === '/readyz') response.writeHead(503, { 'Content-Type': 'application/json' }).end(JSON.stringify(await look()));
    else response.writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': '5' }).end('This server is starting. Try again soon.\n');
  };
}

// Listens for HTTP requests, and stops so that running ones can end.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../values/clock.ts';

interface HttpListener {
  /** Hands requests to `app` (port 0: any free one); answers the address. Throws when the port is taken. */
  start(app: RequestListener, port: number, host?: string): Promise<{ port: number; url: string }>;
  /** Takes no new requests, lets running ones end for a while. */
  stop(): Promise<void>;
  isStopping(): boolean;
}

/** How long a running request may take when the process is asked to end. */
const DRAIN_MS = 3_000;
const IDLE_MS = 50;

export function createHttpListener(): HttpListener {
  let server: Server | undefined;
  let isStopping = false;
  return {
    isStopping: () => isStopping,
    async start(app, port, host = '0.0.0.0') {
      const listening = createServer((request, response) => {
        if (isStopping) response.setHeader('Connection', 'close');
        app(request, response);
      });
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
      // The machine's clock: requests under way take real time, and so long does whoever runs us wait for our end.
      const inTime = systemClock.deadline(DRAIN_MS, () => stopping.closeAllConnections());
      // A connection that was kept alive falls idle when its running request ends, which nothing tells us.
      const unwatch = systemClock.every(IDLE_MS, () => stopping.closeIdleConnections());
      await new Promise<void>((resolve) => {
        stopping.close(() => resolve());
      });
      inTime();
      unwatch();
    },
  };
}

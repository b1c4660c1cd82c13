// Leaves it to callers when an idle connection to a stand-in ends.
import type { Server } from 'node:http';

/**
 * A server that ends a connection for being idle loses the request that is sent at that very moment: its caller gets ECONNRESET. Callers end
 * theirs a little earlier, but on a machine that does much else the two come at once.
 */
export function keepConnections(server: Server): Server {
  server.keepAliveTimeout = 0;
  return server;
}

// Listening to a server that does not answer.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { listenToServer } from '../../../src/storage/db/listen.ts';
import { quiet } from '../open-test-storage.ts';

/** A thousand times less patient than it is told to be. */
class HurriedClient extends Client {
  constructor(config: ClientConfig = {}) {
    super({ ...config, connectionTimeoutMillis: Number(config.connectionTimeoutMillis) / 1000 });
  }
}

it('keeps nobody waiting for a server that takes the connection and says nothing', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  const ears = { heard: () => expect.fail(), missed: () => expect.fail() };
  const config = { host: '127.0.0.1', port, user: 'u', database: 'd', Client: HurriedClient };
  const unlisten = await listenToServer(config, 'silent', ears, quiet);
  await unlisten();
});

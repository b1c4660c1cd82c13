// A line to a server that can be cut, at a moment or at a text that goes over it.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a port. `cutAt` cuts it once each of these texts goes over it. */
export async function lineTo(port: number, cutAt = new Set<string>()) {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let own = 0;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const open = async () => {
    server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => other.destroy());
      }
      near.on('data', (bytes) => {
        const text = [...cutAt].find((one) => bytes.includes(one));
        if (text === undefined) return far.write(bytes);
        cutAt.delete(text);
        cut();
      });
      far.pipe(near);
    }).listen(own, '127.0.0.1');
    await once(server, 'listening');
    own = (server.address() as AddressInfo).port;
  };
  const close = () => {
    server?.close();
    cut();
  };
  await open();
  return { open, close, port: own };
}

// A relay before the server under test, for programs that can't sign in: it adds a token, and gives their fixtures' names to ours.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `rewrite` sees the body of each request. Answers the address, and how to end it. */
export async function startRelay(to: string, token: string, rewrite: (body: string) => string = (body) => body) {
  const server = createServer(async (from, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of from) chunks.push(chunk as Buffer);
    const body = rewrite(Buffer.concat(chunks).toString());
    const { 'content-length': _length, ...headers } = from.headers;
    const onward = request(new URL(from.url ?? '/', to), {
      method: from.method,
      headers: { ...headers, authorization: `Bearer ${token}` },
    });
    onward.once('response', (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    onward.once('error', () => answer.destroy());
    answer.once('close', () => onward.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

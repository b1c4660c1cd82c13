// Start waits for a database that is away, starting or asleep, and says so; what waiting does not help ends it at once.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/storage/db/open.ts';
import { createLogger } from '../../../src/values/log.ts';

/** The start of an error in Postgres' protocol: its SQLSTATE is the field C. */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}

/** Opens over a server that answers each login with the next of these; 'gone' closes the connection. */
async function opening(...answers: readonly string[]) {
  let logins = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const answer = answers[logins] ?? answers.at(-1) ?? 'gone';
      logins += 1;
      if (answer === 'gone') socket.destroy();
      else socket.end(refusal(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const lines: { msg: string; failure?: string }[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  const { port } = server.address() as AddressInfo;
  const reasons: string[] = [];
  const postgres = { host: '127.0.0.1', port, database: 'd', user: 'u' };
  const failed = await openDatabase({ postgres, onAway: (reason) => reasons.push(reason) }, log).catch((error: unknown) => error);
  return { failed, lines, reasons };
}

it('waits while the server is away or starts, and ends at a login that is refused', async () => {
  const { failed, lines, reasons } = await opening('gone', '57P03', '28000');
  expect(failed).toMatchObject({ failure: { service: 'postgres', code: '28000' } });
  expect(lines.map(({ msg, failure }) => [msg, failure])).toEqual([
    ['The database is away: waiting for it', undefined],
    ['The database is away: waiting for it', '57P03'],
  ]);
  expect(reasons).toEqual([expect.stringContaining('closed the connection'), 'waiting for the server (57P03)']);
});

it('does not wait for a database that does not exist', async () => {
  const { failed, lines } = await opening('3D000');
  expect(failed).toMatchObject({ failure: { code: '3D000' } });
  expect(lines).toEqual([]);
});

// Start waits for a database that is away, starting or asleep, and says so; what waiting does not help ends it at once.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createDatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { type LakebaseLogin, PASSWORD_DENIED } from '../../../src/storage/db/lakebase.ts';
import { openDatabase } from '../../../src/storage/db/open.ts';
import { postgresError } from '../../../src/storage/db/transactions.ts';
import { whenServerAnswers } from '../../../src/storage/db/wait-for-server.ts';
import { createLogger } from '../../../src/values/log.ts';
import { createTestClock } from '../../values/test-clock.ts';

/** The start of an error in Postgres' protocol: its SQLSTATE is the field C. */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}

/** What asks for a password in the clear. */
const ASKS = Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 3]);

/** Opens over a server that answers each login with the next of these; 'gone' closes the connection, 'asks' wants a password and refuses the user. */
async function opening(answers: readonly string[], lakebase?: LakebaseLogin, whenAway = () => {}) {
  let logins = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const answer = answers[logins] ?? answers.at(-1) ?? 'gone';
      logins += 1;
      if (answer === 'gone') socket.destroy();
      else if (answer === 'asks') socket.once('data', () => socket.end(refusal('28000'))).write(ASKS);
      else socket.end(refusal(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const lines: { msg: string; failure?: string; reason?: string }[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  const { port } = server.address() as AddressInfo;
  const reasons: string[] = [];
  const postgres = { host: '127.0.0.1', port, database: 'd', user: 'u', lakebase };
  const onAway = (reason: string) => {
    reasons.push(reason);
    whenAway();
  };
  const failed = await openDatabase({ postgres, onAway }, log).catch((error: unknown) => error);
  return { failed, lines, reasons };
}

it('waits while the server is away or starts, and ends at a login that is refused', async () => {
  const { failed, lines, reasons } = await opening(['gone', '57P03', '28000']);
  expect(failed).toMatchObject({ failure: { service: 'postgres', code: '28000' } });
  expect(lines.map(({ msg, failure }) => [msg, failure])).toEqual([
    ['The database is away: waiting for it', undefined],
    ['The database is away: waiting for it', '57P03'],
  ]);
  expect(reasons).toEqual([expect.stringContaining('closed the connection'), 'waiting for the server (57P03)']);
});

it('does not wait for a database that does not exist', async () => {
  const { failed, lines } = await opening(['3D000']);
  expect(failed).toMatchObject({ failure: { code: '3D000' } });
  expect(lines).toEqual([]);
});

it('does not wait without end for a password that Lakebase refuses the app, and says what to do', async () => {
  const clock = createTestClock();
  const log = createLogger({ level: 'silent' });
  const denied = Object.assign(new Error('Lakebase gave no password (RESOURCE_DOES_NOT_EXIST)'), { code: PASSWORD_DENIED });
  const work = () => Promise.reject(postgresError('select 1', denied));
  const failed = await clock.turnUntil(whenServerAnswers(work, { log, clock }).catch((error: unknown) => error));
  expect(String(failed)).toContain('Lakebase gave no password (RESOURCE_DOES_NOT_EXIST). Check LAKEBASE_ENDPOINT');
});

it('says that it is Lakebase that gives no password, and why, as long as there is none', async () => {
  const databricks = await createDatabricksStandIn();
  onTestFinished(databricks.close);
  const identity = { clientId: 'the-app', clientSecret: 'app-secret' };
  const endpoint = 'projects/bot/branches/main/endpoints/primary';
  const steps = [() => databricks.registerOAuthClient(identity), () => databricks.workspace.lakebase.set(endpoint, () => 'a-password')];
  const { failed, lines, reasons } = await opening(['asks'], { endpoint, host: databricks.url, ...identity }, () => steps.shift()?.());
  expect(failed).toMatchObject({ failure: { code: '28000' } });
  expect(reasons).toEqual(Array(2).fill('waiting for the server (Lakebase gave no password; the log says why)'));
  expect(lines.flatMap(({ reason }) => reason ?? [])).toEqual([
    'Lakebase gave no password (no answer, or the app could not sign in)',
    'Lakebase gave no password (RESOURCE_DOES_NOT_EXIST)',
  ]);
});

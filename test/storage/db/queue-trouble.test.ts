// The queue's errors in the log: each of them, and none three times a second.
import { PgBoss } from 'pg-boss';
import { expect, test } from 'vitest';
import { logTrouble } from '../../../src/storage/db/queue-trouble.ts';
import { createLogger } from '../../../src/values/log.ts';
import { createTestClock } from '../../values/test-clock.ts';

test('says the same trouble of all workers once a minute, and other trouble at once', async () => {
  const lines: unknown[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  const clock = createTestClock();
  const boss = new PgBoss({ db: { executeSql: async () => ({ rows: [] }) } });
  logTrouble(boss, log, clock);
  const fail = (reason: string, code?: string) => boss.emit('error', Object.assign(new Error(reason), { code }));
  for (const worker of ['a', 'b', 'a']) fail(`the server is away (Queue: turns, Worker: ${worker})`, 'ECONNREFUSED');
  fail('relation does not exist', '42P01');
  await clock.turn(59_000);
  fail('the server is away (Queue: ends, Worker: c)', 'ECONNREFUSED');
  await clock.turn(1000);
  fail('the server is away (Queue: ends, Worker: c)', 'ECONNREFUSED');
  const away = { msg: 'The job queue had an error', reason: 'the server is away', failure: 'ECONNREFUSED' };
  expect(lines).toMatchObject([away, { ...away, reason: 'relation does not exist', failure: '42P01' }, away]);
});

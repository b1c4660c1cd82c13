// Readiness from the first moment of a start on, and what a server of the tools answers until it can work.
import { expect, it, onTestFinished } from 'vitest';
import { createHttpListener } from '../../src/web/http-listener.ts';
import { createReadiness } from '../../src/web/readiness.ts';
import { createStarting } from '../../src/web/starting.ts';
import { createTestClock } from '../values/test-clock.ts';

it('says why something is away and for how long, whatever the reasons were in turn', async () => {
  const clock = createTestClock();
  const readiness = createReadiness(clock, { database: 'it is being opened', slack: 'the database comes first' });
  await clock.turn(2_000);
  readiness.watch('database', () => 'waiting for the server (57P03)');
  await clock.turn(3_000);
  expect(await readiness.look()).toEqual({
    ok: false,
    checks: {
      database: { state: 'away', reason: 'waiting for the server (57P03)', forSeconds: 5 },
      slack: { state: 'away', reason: 'the database comes first', forSeconds: 5 },
    },
  });
  let answers = true;
  readiness.watch('database', async () => (answers ? undefined : 'it does not answer'));
  readiness.watch('slack', () => undefined);
  readiness.mention('cli', () => ({ state: 'degraded' }));
  expect(await readiness.look()).toEqual({ ok: true, checks: { database: 'ok', slack: 'ok', cli: { state: 'degraded' } } });
  answers = false;
  await readiness.look();
  await clock.turn(7_000);
  const { ok, checks } = await readiness.look();
  expect([ok, checks.database]).toEqual([false, { state: 'away', reason: 'it does not answer', forSeconds: 7 }]);
});

it('a program that starts is alive, not ready, and tells everybody else to come back', async () => {
  const readiness = createReadiness(createTestClock(), { database: 'it is being opened' });
  const listener = createHttpListener();
  onTestFinished(listener.stop);
  const { url } = await listener.start(createStarting(readiness.look), 0, '127.0.0.1');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz?x=1`);
  expect([ready.status, await ready.json()]).toMatchObject([503, { ok: false, checks: { database: { reason: 'it is being opened' } } }]);
  const call = await fetch(`${url}/mcp`, { method: 'POST' });
  expect([call.status, call.headers.get('Retry-After')]).toEqual([503, '5']);
});

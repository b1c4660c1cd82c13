// Waiting for a server that went away: one that is starting says that it is alive, and still takes no call.
import { expect, it, onTestFinished } from 'vitest';
import { createConnection } from '../../../src/mcp/client/remote-connection.ts';
import { waitForServer } from '../../../src/mcp/client/wait-for-server.ts';
import { LIMITS } from '../../../src/mcp/limits.ts';
import { createStepReporter } from '../../../src/mcp/tools/support/step-reporter.ts';
import { createHttpListener } from '../../../src/web/http-listener.ts';
import { createReadiness } from '../../../src/web/readiness.ts';
import { createStarting } from '../../../src/web/starting.ts';
import { createTestClock } from '../../values/test-clock.ts';

it('goes on when the server is ready, not when it has begun to answer', async () => {
  const clock = createTestClock();
  const listener = createHttpListener();
  onTestFinished(() => listener.stop());
  const starting = createStarting(createReadiness(clock, { database: 'it is being opened' }).look);
  const looked = Promise.withResolvers<void>();
  let looks = 0;
  let answer: typeof starting = (request, response) => {
    looks += 1;
    if (looks === 3) looked.resolve();
    return starting(request, response);
  };
  const { url } = await listener.start((request, response) => answer(request, response), 0, '127.0.0.1');

  const said: string[] = [];
  const steps = createStepReporter(({ title }) => said.push(title));
  const connection = createConnection(new URL('/mcp', url), async () => 'token', clock);
  const waiting = waitForServer(connection, steps, new AbortController().signal, { returnMs: LIMITS.returnMs, clock });
  await clock.turnUntil(Promise.race([looked.promise, waiting]));
  expect(said).toEqual(['The tools server went away; waiting for it']);
  answer = (_request, response) => void response.end('{}');
  expect(await clock.turnUntil(waiting)).toBe(true);
  expect(said.at(-1)).toBe('The tools server is back; going on');
});

// The durable queue over a real database: one job at a time per key, others side by side, tried again, and taken up after a kill.
import { randomUUID } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { createQueue } from '../../src/conversation/queue.ts';
import { UpstreamError } from '../../src/values/errors.ts';
import { queuedTest } from './queued-test.ts';

interface Job {
  readonly name: string;
}

const test = queuedTest.extend(
  'rig',
  ({ storage }) =>
    (options?: Options) =>
      createRig(storage, options),
);

type Options = Partial<Parameters<typeof createQueue<Job>>[1]>;

/** A queue whose jobs start, and end when they are told to. */
function createRig(storage: Parameters<typeof createQueue>[0], options: Options = {}) {
  const started: string[] = [];
  const doors = new Map<string, PromiseWithResolvers<void>>();
  const work = async ({ name }: Job) => {
    started.push(name);
    const door = Promise.withResolvers<void>();
    doors.set(name, door);
    await door.promise;
  };
  const queue = createQueue<Job>(storage, { name: `queue-${randomUUID()}`, retries: 1, concurrency: 4, work, ...options });
  onTestFinished(() => {
    for (const door of doors.values()) door.resolve();
  });
  return {
    started,
    queue,
    send: (name: string, key: string, id = randomUUID()) => queue.send(id, key, { name }),
    end: (name: string) => doors.get(name)?.resolve(),
    fail: (name: string) => doors.get(name)?.reject(new Error('thrown in a test')),
    soon: (names: string[]) => expect.poll(() => started, { timeout: 50_000, interval: 20 }).toEqual(names),
  };
}

test('jobs of one key go one after the other, in order; other keys side by side', async ({ rig }) => {
  const { queue, send, end, soon } = rig();
  await queue.start();
  await send('a1', 'a');
  await send('a2', 'a');
  await send('b1', 'b');
  await soon(['a1', 'b1']);
  // What is sent last begins, a2 does not.
  await send('c1', 'c');
  await soon(['a1', 'b1', 'c1']);
  end('a1');
  await soon(['a1', 'b1', 'c1', 'a2']);
});

test('a job sent twice is worked on once, also after it has ended', async ({ rig }) => {
  const { started, queue, send, end, soon } = rig();
  const id = randomUUID();
  await send('once', 'a', id);
  await send('again', 'a', id);
  await queue.start();
  await soon(['once']);
  end('once');
  await send('again', 'a', id);
  await send('next', 'a');
  await soon(['once', 'next']);
  expect(started).not.toContain('again');
});

test('a job that throws is tried again, before what waits behind it', async ({ rig }) => {
  const { queue, send, fail, end, soon } = rig();
  await queue.start();
  await send('a1', 'a');
  await send('a2', 'a');
  await soon(['a1']);
  fail('a1');
  await soon(['a1', 'a1']);
  end('a1');
  await soon(['a1', 'a1', 'a2']);
});

test('a job that throws for the last time does not hold up what comes after it', async ({ rig }) => {
  const givenUp: string[] = [];
  const { queue, send, fail, soon } = rig({ retries: 0, giveUp: async ({ name }) => void givenUp.push(name) });
  await queue.start();
  await send('a1', 'a');
  await send('a2', 'a');
  await soon(['a1']);
  fail('a1');
  await soon(['a1', 'a2']);
  expect(givenUp).toEqual(['a1']);
});

test('a job whose end can’t be stored for a moment is given up then', async ({ rig }) => {
  const refused = new UpstreamError({ service: 'postgres', operation: 'update turns', code: 'P0001', passing: true });
  const givenUp: string[] = [];
  const giveUp = async ({ name }: Job) => {
    if (givenUp.push(name) === 1) throw refused;
  };
  const { queue, send, fail, soon } = rig({ retries: 0, giveUp });
  await queue.start();
  await send('a1', 'a');
  await send('a2', 'a');
  await soon(['a1']);
  fail('a1');
  await soon(['a1', 'a2']);
  expect(givenUp).toEqual(['a1', 'a1']);
});

test('what a killed process left is taken up by whoever knows that it is dead', async ({ storage, rig }) => {
  const name = 'queue-of-a-killed-process';
  const id = randomUUID();
  // A killed process: it has fetched the job, and never says anything about it again.
  const dead = rig({ name });
  await dead.send('a1', 'a', id);
  expect(await storage.boss.fetch(name)).toHaveLength(1);
  await dead.send('a2', 'a');
  const next = rig({ name });
  await next.queue.start([id]);
  await next.soon(['a1']);
  next.end('a1');
  await next.soon(['a1', 'a2']);
});

// A job's YAML in the order of its work, and what the CLI says of it by itself.
import { expect, test } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { HOST, job, textOf } from '../fixtures.ts';

const written = (settings: JsonObject) =>
  textOf(generateBundle({ definition: job({ name: 'x', ...settings }), sources: [], host: HOST }), 'resources/x.job.yml');
const keysOf = (text: string) => [...text.matchAll(/^ {8}- task_key: (\w+)/gm)].map((match) => match[1]);
const after = (...keys: string[]) => ({ depends_on: keys.map((task_key) => ({ outcome: 'true', task_key })) });

test('tasks come after what they wait for, whatever they are called', () => {
  const tasks = [
    { task_key: 'c', ...after('b', 'x') },
    { task_key: 'b', ...after('a') },
    { task_key: 'a' },
    { task_key: 'x', ...after('gone') },
  ];
  const text = written({ tasks });
  expect(keysOf(text)).toEqual(['a', 'b', 'x', 'c']);
  expect(text).toContain('depends_on:\n            - task_key: a\n              outcome: "true"');
});

test('an order that holds stays, and so does a circle', () => {
  expect(keysOf(written({ tasks: [{ task_key: 'z' }, { task_key: 'a' }, { task_key: 'm', ...after('z') }] }))).toEqual(['z', 'a', 'm']);
  const circle = [
    { task_key: 'a', ...after('b') },
    { task_key: 'b', ...after('a') },
  ];
  expect(keysOf(written({ tasks: circle }))).toEqual(['a', 'b']);
});

test('whether something runs stands behind what starts it', () => {
  const text = written({ trigger: { pause_status: 'PAUSED', periodic: { interval: 1, unit: 'DAYS' } } });
  expect(text).toMatch(/trigger:\n +periodic:\n +interval: 1\n +unit: DAYS\n +pause_status: PAUSED\n/);
});

test('a job without a queue says so, and one with a queue gets it from the CLI', () => {
  expect(written({})).toContain('queue:\n        enabled: false');
  expect(written({ queue: { enabled: true } })).not.toContain('queue');
});

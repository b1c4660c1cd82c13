// Whether a program still runs is told by its number and its start, on the machine that it was started on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { isRunning, programOf, saidOf } from '../../../src/deployment/cli/program.ts';

test.skipIf(process.platform !== 'linux')('a program runs until it has ended, and what has its number later is another one', async () => {
  const child = spawn('sleep', ['600']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const program = programOf(child.pid, '/nowhere') ?? expect.fail('the system does not say when it was started');
  expect(isRunning(program)).toBe(true);
  expect(saidOf(program)).toBeUndefined();
  expect(isRunning({ ...program, started: '1' })).toBe(false);
  expect(isRunning({ ...program, machine: 'another one' })).toBeUndefined();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(isRunning(program)).toBe(false);
});

test('of what was never started nothing is told', () => {
  expect(programOf(undefined, '/nowhere')).toBeUndefined();
});

// A write by itself: what makes it dangerous, how long it may be approved, what its digest covers.
import { describe, expect, it } from 'vitest';
import { approvalMs, argumentsOf, isDangerousWrite, Write } from '../../../src/deployment/approval/write.ts';

const HOUR = 3_600_000;

describe('a write', () => {
  const bundle = { bundle: 'd'.repeat(64), bundle_name: 'churn' };

  it.each([
    ['select 1', false],
    ['select * from deleted_at', false],
    ['insert into t values (1)', false],
    ['DELETE FROM t', true],
    ['/* x */ drop\ttable t', true],
    ['insert overwrite t select 1', true],
    ['create or replace table t', true],
    ['grant select on t to x', true],
  ])('%s is dangerous: %s', (statement, danger) => {
    const write: Write = { kind: 'sql', warehouse_id: 'w', warehouse_name: 'w', statement };
    expect(isDangerousWrite(write)).toBe(danger);
    expect(approvalMs(write)).toBe(danger ? HOUR : 24 * HOUR);
  });

  it('may be approved for a day, but for an hour only where it destroys or touches production, whatever the target is called', () => {
    expect(approvalMs({ kind: 'run_job', job_id: '1', job_name: '', parameters: {} })).toBe(24 * HOUR);
    const target = 'sandbox';
    const run = (environment: 'development' | 'production'): Write => ({
      ...{ kind: 'run_bundle', ...bundle, target, key: 'churn', parameters: {} },
      environment,
    });
    expect([approvalMs(run('development')), approvalMs(run('production'))]).toEqual([24 * HOUR, HOUR]);
    const destroy: Write = { kind: 'destroy_bundle', ...bundle, target, environment: 'development', resources: [] };
    expect([isDangerousWrite(destroy), approvalMs(destroy)]).toEqual([true, HOUR]);
  });

  it('has a digest of everything that it will do', () => {
    const digests = [{}, { a: '1' }, { a: '2' }, { b: '1' }].map(
      (parameters) => argumentsOf({ kind: 'run_job', job_id: '1', job_name: '', parameters }).digest,
    );
    expect(new Set(digests).size).toBe(4);
  });

  it.each(['--', '-x', 'a b', '', '../x'])('never runs the key %j: the CLI would take it for a flag or a command', (key) => {
    expect(Write.safeParse({ kind: 'run_bundle', ...bundle, target: 'dev', key, parameters: {} }).success).toBe(false);
  });
});

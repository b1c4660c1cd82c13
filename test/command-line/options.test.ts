// The converter's command line: what is understood, and everything that is wrong with it said at once.
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/command-line/options.ts';

describe('parseOptions', () => {
  it('reads a job, a folder or files, with defaults that keep everything', () => {
    expect(parseOptions(['--job', '123', '--out', 'x'])).toEqual({
      from: { job: '123' },
      out: 'x',
      sources: undefined,
      deploy: undefined,
      proof: true,
      depth: 1,
      targets: [],
      adopt: [],
      git: 'keep',
      anyway: false,
    });
    expect(parseOptions(['jobs', '--out', 'x', '--sources', 's', '--no-proof']).from).toEqual({ file: 'jobs' });
    const all = parseOptions([
      '--folder',
      '/Shared/etl',
      '--out',
      'x',
      '--target',
      'staging',
      '--target',
      'qa:development',
      '--adopt',
      'prod',
    ]);
    expect(all).toMatchObject({ from: { folder: '/Shared/etl' }, adopt: ['prod'] });
    expect(all.targets).toEqual([
      { name: 'staging', environment: 'production' },
      { name: 'qa', environment: 'development' },
    ]);
  });

  it.each([
    [[], ['say one thing to convert', '--out DIR is missing']],
    [['--job', '1', 'file.json', '--out', 'x'], ['say one thing to convert']],
    [['--job', '1', '--out', 'x', '--depth', '99'], ['--depth must be']],
    [['--job', '1', '--out', 'x', '--sources', 's'], ['--sources goes with']],
    [['--job', '1', '--out', 'x', '--target', '../prod'], ["can't be the name of a target"]],
    [['--job', '1', '--out', 'x', '--git', 'steal'], ['--git must be']],
    [['--jobs', '1', '--out', 'x'], ["'--jobs'"]],
  ])('%j is refused with what is wrong', (args, problems) => {
    try {
      parseOptions(args);
      expect.unreachable('it was taken');
    } catch (error) {
      for (const problem of problems) expect(String(error)).toContain(problem);
    }
  });
});

// Where a development copy writes whose tasks get their parameters as a list of words.
import { expect, it } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { compare } from '../../../src/bundle/proof/compare.ts';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import { HOST, job } from '../fixtures.ts';
import { ETL, reads, writes } from './tables.ts';

it('moves what lists of words give to Python tasks, also within a word', () => {
  const lists = {
    load: ['--catalog', 'main', '--out-schema=sales', '--verbose', '--day', '{{job.start_time.iso_date}}'],
    look: ['--schema', 'erp', '--output-table=prod.sales.orders_clean', '--schema'],
  };
  const tasks = Object.entries(lists).map(([key, parameters]) => ({
    task_key: key,
    spark_python_task: { python_file: `${ETL}/${key}.py`, parameters },
  }));
  const definition = { ...job({ name: 'Copies', tasks }), grants: [] };
  const sources = tasks.map(({ spark_python_task: { python_file: path } }) => ({ path, kind: 'file', bytes: Buffer.from('') }) as const);
  const tables = [
    writes('load.py', '{args.catalog}', '{args.out_schema}', 'orders'),
    {
      path: `${ETL}/look.py`,
      tables: [reads('', 'main', '{args.schema}', 'customers'), writes('', '{args.output_table}')].flatMap((one) => one.tables),
    },
  ];
  const bundle = generateBundle({ definition, sources, tables, host: HOST });
  const resolved = (target: string) => resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' });
  const given = (target: string) => {
    const { resources } = resolved(target) as unknown as {
      resources: { jobs: Record<string, { tasks: { task_key: string; spark_python_task: { parameters: string[] } }[] }> };
    };
    return Object.fromEntries((resources.jobs.copies?.tasks ?? []).map((one) => [one.task_key, one.spark_python_task.parameters]));
  };
  expect(given('prod')).toEqual(lists);
  expect(given('dev')).toEqual({
    load: ['--catalog', 'main', '--out-schema=dev_ana_b', ...lists.load.slice(3)],
    look: ['--schema', 'erp', '--output-table=prod.dev_ana_b.orders_clean', '--schema'],
  });
  for (const target of ['dev', 'prod']) {
    const proof = compare({ definition, bundle, target, judge: 'CLI', resolved: resolved(target) });
    expect(proof.counts.lost).toBe(0);
  }
});

it.each([
  ['as sys.argv has it', [], ['{argv1}', '{argv2}']],
  ['as a parser of arguments counts', ['--mode', 'full'], ['{#1}', '{#2}']],
] as const)(
  'moves what a Python task gets as a word of its own where the code writes to it, and no other: %s',
  (_how, before, [from, to]) => {
    const lists = { load: [...before, 'erp.raw.orders', 'prod.sales.orders', '2024'], look: ['2024', '--verbose', 'api.acme.example'] };
    const tasks = Object.entries(lists).map(([key, parameters]) => ({
      task_key: key,
      spark_python_task: { python_file: `${ETL}/${key}.py`, parameters },
    }));
    const definition = { ...job({ name: 'Copies', tasks }), grants: [] };
    const sources = tasks.map(({ spark_python_task: { python_file: path } }) => ({ path, kind: 'file', bytes: Buffer.from('') }) as const);
    const tables = [{ path: `${ETL}/load.py`, tables: [reads('', from), writes('', to)].flatMap((one) => one.tables) }];
    const bundle = generateBundle({ definition, sources, tables, host: HOST });
    const given = (target: string) => {
      const { resources } = resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' }) as unknown as {
        resources: { jobs: Record<string, { tasks: { task_key: string; spark_python_task: { parameters: string[] } }[] }> };
      };
      return Object.fromEntries((resources.jobs.copies?.tasks ?? []).map((one) => [one.task_key, one.spark_python_task.parameters]));
    };
    expect(given('prod')).toEqual(lists);
    expect(given('dev')).toEqual({ ...lists, load: [...before, 'erp.raw.orders', 'prod.dev_ana_b.orders', '2024'] });
    expect(bundle.variables.map(({ description }) => description)).toContain(
      `Schema of the table in argument ${before.length + 2} of task load`,
    );
    // What looks like a table's name is none where no code says so.
    expect(bundle.variables.map(({ value }) => value)).not.toContain('api');
  },
);

it.each([
  ['an option of one letter', ['-s', 'sales', '-v', 'x'], '{schema|-s}', ['-s', 'dev_ana_b', '-v', 'x']],
  ['one that code calls otherwise', ['--out-schema', 'sales'], '{out_schema}', ['--out-schema', 'dev_ana_b']],
  ['a word by its order', ['sales', '7'], '{schema|#1}', ['dev_ana_b', '7']],
  ['a word that code gives a name', ['7', 'sales'], '{schema|argv2}', ['7', 'dev_ana_b']],
])('moves the schema that %s gives', (_how, parameters, part, own) => {
  const tasks = [{ task_key: 'load', spark_python_task: { python_file: `${ETL}/load.py`, parameters } }];
  const definition = { ...job({ name: 'Copies', tasks }), grants: [] };
  const tables = [writes('load.py', 'main', part, 'orders')];
  const source = { path: `${ETL}/load.py`, kind: 'file', bytes: Buffer.from('') } as const;
  const bundle = generateBundle({ definition, sources: [source], tables, host: HOST });
  const resolved = (target: string) => resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' });
  for (const [target, expected] of [
    ['prod', parameters],
    ['dev', own],
  ] as const) {
    expect(JSON.stringify(resolved(target).resources)).toContain(`"parameters":${JSON.stringify(expected)}`);
    expect(compare({ definition, bundle, target, judge: 'CLI', resolved: resolved(target) }).counts.lost).toBe(0);
  }
});

// What a development copy writes goes to a schema of its own, and what it only reads stays where it is.
import { expect, it } from 'vitest';
import type { DevData } from '../../../src/bundle/data/names.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { SourceTables } from '../../../src/bundle/model/bundle.ts';
import { compare } from '../../../src/bundle/proof/compare.ts';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { HOST, job, notebook, textOf } from '../fixtures.ts';
import { ETL, reads, writes } from './tables.ts';

function made(parameters: Record<string, JsonObject>, tables: readonly SourceTables[], devData?: DevData) {
  const tasks = Object.entries(parameters).map(([key, base_parameters]) => ({
    task_key: key,
    notebook_task: { notebook_path: `${ETL}/${key}`, base_parameters },
  }));
  const definition = { ...job({ name: 'Copies', tasks }), grants: [] };
  const sources = tasks.map(({ notebook_task }) => notebook(notebook_task.notebook_path));
  const bundle = generateBundle({ definition, sources, tables, host: HOST, options: { devData } });
  const of = (target: string) => {
    const { resources } = resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' }) as unknown as {
      resources: { jobs: Record<string, { tasks: { task_key: string; notebook_task: { base_parameters: JsonObject } }[] }> };
    };
    return Object.fromEntries((resources.jobs.copies?.tasks ?? []).map((one) => [one.task_key, one.notebook_task.base_parameters]));
  };
  const told = bundle.diagnostics.filter(({ place }) => place === 'target dev').map(({ message }) => message);
  const proof = (target: string) =>
    compare({
      definition,
      bundle,
      target,
      judge: 'CLI',
      resolved: resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' }),
    });
  return { of, told, proof, readme: textOf(bundle, 'README.md') };
}

it('moves what is written, and what others of the job read of that, and leaves what is only read', () => {
  const where = { schema: 'sales' };
  const { of, told, proof } = made({ load: where, report: where, look: where }, [
    writes('load', 'main', '{schema}', 'orders'),
    reads('report', 'main', '{schema}', 'orders'),
    reads('look', 'main', '{args.schema}', 'customers'),
  ]);
  expect(of('prod')).toEqual({ load: where, report: where, look: where });
  expect(of('dev')).toEqual({ load: { schema: 'dev_ana_b' }, report: { schema: 'dev_ana_b' }, look: where });
  expect(told).toEqual([expect.stringContaining('goes to a schema of its own: `schema` is `dev_<your name>`')]);
  for (const target of ['dev', 'prod']) expect(proof(target).counts.lost).toBe(0);
});

it('knows tables of one name apart by their schemas', () => {
  const given = { load: { raw_db_schema: 'erp', schema: 'sales' }, report: { in_schema: 'sales' } };
  const { of, told } = made(given, [
    {
      path: `${ETL}/load`,
      tables: [reads('', 'main', '{raw_db_schema}', 'orders'), writes('', 'main', '{schema}', 'orders')].flatMap((one) => one.tables),
    },
    reads('report', 'main', '{in_schema}', 'orders'),
  ]);
  expect(of('dev')).toEqual({ load: { raw_db_schema: 'erp', schema: 'dev_ana_b' }, report: { in_schema: 'dev_ana_b' } });
  expect(told).toEqual([expect.stringContaining('`schema` is `dev_<your name>`, `in_schema` is `dev_<your name>`')]);
});

it('leaves what is only called after a schema, and no code names tables by', () => {
  const about = {
    ...{
      'schema-registry-url': 'https://kafka.acme.example',
      schema_file: 'orders.json',
      schema_path: '/Volumes/main/x',
      schema_version: '3',
    },
    ...{ schema_evolution: 'rescue', schema_strict: 'true', database: 'jdbc:postgresql://erp.acme.example/erp', schema_mode: 'merge' },
  };
  const { of, told } = made({ load: { schema: 'sales', ...about } }, []);
  expect(of('dev')).toEqual({ load: { schema: 'dev_ana_b', ...about } });
  expect(told.filter((one) => Object.keys(about).some((name) => one.includes(`\`${name.replaceAll('-', '_')}\``)))).toEqual([]);
  const server = { 'jdbc-host': 'erp.acme.example', database: 'erp' };
  expect(made({ load: { schema: 'sales', ...server } }, []).of('dev')).toEqual({ load: { schema: 'dev_ana_b', ...server } });
  expect(made({ load: { database: 'erp' }, look: server }, []).of('dev')).toEqual({ load: { database: 'dev_ana_b' }, look: server });
  const { of: byCode } = made({ load: { schema_mode: 'merge' } }, [writes('load', 'main', '{schema_mode}', 'orders')]);
  expect(byCode('dev')).toEqual({ load: { schema_mode: 'dev_ana_b' } });
});

it('says what one and the same parameter would not find', () => {
  const { of, told } = made({ load: { schema: 'sales' } }, [
    {
      path: `${ETL}/load`,
      tables: [writes('load', '{schema}', 'orders'), reads('load', '{schema}', 'customers')].flatMap((one) => one.tables),
    },
  ]);
  expect(of('dev')).toEqual({ load: { schema: 'dev_ana_b' } });
  expect(told.at(-1)).toContain('reads `customers` by `schema` as well');
});

it.each([
  ['moves', writes('load', 'main', '{target_schema}', 'orders'), 'dev_ana_b'],
  ['leaves', reads('load', 'main', '{target_schema}', 'orders'), 'sales'],
])('%s a parameter of the job by what code does with it that gets it under another name', (_what, tables, schema) => {
  const base_parameters = { target_schema: '{{job.parameters.schema}}' };
  const tasks = [{ task_key: 'load', notebook_task: { notebook_path: `${ETL}/load`, base_parameters } }];
  const definition = { ...job({ name: 'Copies', parameters: [{ name: 'schema', default: 'sales' }], tasks }), grants: [] };
  const bundle = generateBundle({ definition, sources: [notebook(`${ETL}/load`)], tables: [tables], host: HOST });
  const { resources } = resolveBundle(bundle.files, 'dev', { userName: 'ana.b@acme.example' });
  expect(/"default":"(\w+)"/.exec(JSON.stringify(resources))?.[1]).toBe(schema);
  expect(bundle.diagnostics.filter(({ message }) => message.includes('no code that could be read'))).toEqual([]);
});

it('says nothing of what may be filled under a name that is computed, or by dbt', () => {
  const load = (...tables: SourceTables[]) => [{ path: `${ETL}/load`, tables: tables.flatMap((one) => one.tables) }];
  const looks = reads('load', '{schema}', 'customers');
  const warned = ({ told }: { told: readonly string[] }) => told.some((one) => one.includes('as well'));
  const given = { load: { schema: 'sales' } };
  expect(warned(made(given, load(writes('load', '{schema}', '{name}'), looks)))).toBe(false);
  expect(warned(made(given, load(writes('load', 'erp', '{name}'), writes('load', '{schema}', 'orders'), looks)))).toBe(true);
  const tasks = [
    { task_key: 'load', notebook_task: { notebook_path: `${ETL}/load`, base_parameters: given.load } },
    { task_key: 'dbt', dbt_task: { commands: ['dbt run'], project_directory: `${ETL}/dbt`, schema: 'sales' } },
  ];
  const definition = { ...job({ name: 'Copies', tasks }), grants: [] };
  const tables = load(writes('load', '{schema}', 'orders'), looks);
  const bundle = generateBundle({ definition, sources: [notebook(`${ETL}/load`)], tables, host: HOST });
  expect(warned({ told: bundle.diagnostics.map(({ message }) => message) })).toBe(false);
});

it('keeps schemas apart that are apart, and the catalog before one', () => {
  const { of } = made({ load: { bronze_schema: 'main.bronze', gold_schema: 'main.gold', source_schema: 'erp' } }, [
    writes('load', '{bronze_schema}', 'orders'),
  ]);
  expect(of('dev').load).toEqual({ bronze_schema: 'main.dev_ana_b_bronze', gold_schema: 'main.dev_ana_b_gold', source_schema: 'erp' });
});

it('splits names of tables into catalog, schema and name, and moves those that are written', () => {
  const input = { input_table: 'prod.sales.orders', output_table: 'prod.sales.orders_clean' };
  const { of, proof } = made({ clean: input, report: { clean_table: 'prod.sales.orders_clean', package: 'com.acme.Main' } }, [
    { path: `${ETL}/clean`, tables: [reads('', '{input_table}'), writes('', '{output_table}')].flatMap((one) => one.tables) },
    reads('report', '{clean_table}'),
  ]);
  expect(of('prod').clean).toEqual(input);
  expect(of('dev')).toEqual({
    clean: { input_table: 'prod.sales.orders', output_table: 'prod.dev_ana_b.orders_clean' },
    report: { clean_table: 'prod.dev_ana_b.orders_clean', package: 'com.acme.Main' },
  });
  expect([proof('dev').counts.lost, proof('prod').counts.lost]).toEqual([0, 0]);
});

it('is called as the configuration says, in the proof too', () => {
  const parameters = [{ name: 'schema', default: 'sales' }];
  const definition = { ...job({ name: 'Copies', parameters, tasks: [] }), grants: [] };
  const bundle = generateBundle({ definition, sources: [], host: HOST, options: { devData: { schema: 'sandbox_{short_name}' } } });
  const resolved = resolveBundle(bundle.files, 'dev', { userName: 'ana.b@acme.example' });
  expect(JSON.stringify(resolved.resources)).toContain('"default":"sandbox_ana_b"');
  expect(compare({ definition, bundle, target: 'dev', judge: 'CLI', resolved }).counts.lost).toBe(0);
  expect(bundle.diagnostics[0]?.message).toContain('`sandbox_<your name>`');
});

it('goes where its person has answered for that catalog of production, wherever the configuration would have it', () => {
  const where = { catalog: 'main', schema: 'sales' };
  const tables = [
    {
      path: `${ETL}/load`,
      tables: [writes('', '{catalog}', '{schema}', 'orders'), reads('', '{catalog}', 'crm', 'customers')].flatMap((one) => one.tables),
    },
  ];
  const dev = (answers: DevData['answers'], more = {}) => made({ load: where }, tables, { catalog: 'shared', ...more, answers });
  const own = dev({ main: { schema: 'sandbox_42', catalog: 'lab' }, other: { schema: 'no' } });
  // Also where code reads something else there: the two were answered together.
  expect(own.of('dev').load).toEqual({ catalog: 'lab', schema: 'sandbox_42' });
  expect(own.told.at(-1)).toContain('code reads `customers` by `catalog` as well');
  expect(own.of('prod').load).toEqual(where);
  for (const target of ['dev', 'prod']) expect(own.proof(target).counts.lost).toBe(0);
  expect(dev({ main: { schema: '{short_name}_x' } }).of('dev').load).toEqual({ catalog: 'main', schema: 'ana_b_x' });
  expect(dev({ main: { catalog: 'lab' } }, { schema: 'mine_{short_name}' }).of('dev').load).toEqual({
    catalog: 'lab',
    schema: 'mine_ana_b',
  });
  // The answer was for other jobs: here it is where production has its data.
  expect(dev({ main: { schema: 'sales' } }).of('dev').load).toEqual({ catalog: 'main', schema: 'dev_ana_b' });
  expect(dev({ main: { schema: 'sales', catalog: 'lab' } }).of('dev').load).toEqual({ catalog: 'lab', schema: 'sales' });
});

it('goes to a catalog for development where there is one, with what it reads of its own alone', () => {
  const lab = { catalog: 'lab' };
  const where = { catalog: 'main', schema: 'sales' };
  const all = [writes('load', '{catalog}', '{schema}', 'orders'), reads('report', '{catalog}', '{schema}', 'orders')];
  const apart = made({ load: where, report: where, look: where }, [...all, reads('look', '{catalog}', '{schema}', 'customers')], lab);
  const own = { catalog: 'lab', schema: 'dev_ana_b' };
  expect(apart.of('dev')).toEqual({ load: own, report: own, look: where });
  expect(apart.of('prod')).toEqual({ load: where, report: where, look: where });
  expect(apart.told).toEqual([expect.stringContaining('goes to a schema of its own: `schema` is `dev_<your name>`, `catalog` is `lab`')]);
  for (const target of ['dev', 'prod']) expect(apart.proof(target).counts.lost).toBe(0);

  const tables = { load: { output_table: 'main.sales.orders', input_table: 'main.sales.raw', schema_name: 'main.gold' } };
  const named = [{ path: `${ETL}/load`, tables: [writes('', '{output_table}'), reads('', '{input_table}')].flatMap((one) => one.tables) }];
  expect(made(tables, [...named, writes('load', '{schema_name}', 'sums')], lab).of('dev').load).toEqual({
    output_table: 'lab.dev_ana_b_sales.orders',
    input_table: 'main.sales.raw',
    schema_name: 'lab.dev_ana_b_gold',
  });
});

it('stays in production’s catalog for what it reads there, but not where a catalog alone keeps it apart', () => {
  const load = (...tables: SourceTables[]) => [{ path: `${ETL}/load`, tables: tables.flatMap((one) => one.tables) }];
  const foreign = reads('load', '{catalog}', 'crm', 'customers');
  const bySchema = made({ load: { catalog: 'main', schema: 'sales' } }, load(writes('', '{catalog}', '{schema}', 'orders'), foreign), {
    catalog: 'lab',
  });
  expect(bySchema.of('dev').load).toEqual({ catalog: 'main', schema: 'dev_ana_b' });
  const alone = made({ load: { catalog: 'main' } }, load(writes('', '{catalog}', 'finance', 'ledger'), foreign), { catalog: 'lab' });
  expect(alone.of('dev').load).toEqual({ catalog: 'lab' });
  expect([alone, bySchema].map(({ readme }) => readme.includes('is the copy’s own'))).toEqual([false, true]);
  expect(alone.told).toEqual([
    'what a copy writes goes to the catalog for development: `catalog` is `lab`',
    expect.stringContaining('code reads `customers` by `catalog` as well'),
  ]);
});

it('says where a catalog alone can not keep a copy away from production', () => {
  const { of, told } = made({ load: { catalog: 'main' } }, [writes('load', '{catalog}', 'finance', 'ledger')]);
  expect(of('dev')).toEqual({ load: { catalog: 'main' } });
  expect(told).toEqual([expect.stringContaining('as in `{catalog}.finance.ledger`: a copy changes the tables of `main` too')]);
  expect(made({ look: { catalog: 'main' } }, [reads('look', '{catalog}', 'finance', 'ledger')]).told).toEqual([]);
});

it('gives each copy of a person a schema of its own, and says so by target', () => {
  const parameters = [{ name: 'schema', default: 'sales' }];
  const definition = { ...job({ name: 'Copies', parameters, tasks: [] }), grants: [] };
  const options = { targets: [{ name: 'qa-eu', environment: 'development' as const }] };
  const bundle = generateBundle({ definition, sources: [], host: HOST, options });
  const schemaIn = (target: string) =>
    /"default":"(\w+)"/.exec(JSON.stringify(resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' }).resources))?.[1];
  expect(['dev', 'qa-eu', 'prod'].map(schemaIn)).toEqual(['dev_ana_b', 'dev_ana_b_qa_eu', 'sales']);
  const made = bundle.diagnostics.flatMap(({ place, message }) => (message.includes('schema of its own') ? [`${place}: ${message}`] : []));
  expect(made).toEqual([
    expect.stringMatching(/^target dev: .*`dev_<your name>`/),
    expect.stringMatching(/^target qa-eu: .*`dev_<your name>_qa_eu`/),
  ]);
  expect(textOf(bundle, 'README.md')).toContain('| Name | Value | In `dev` | In `qa-eu` | What it is |');
});

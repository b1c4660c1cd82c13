// What is said of the tables that a run of a development copy reads and changes.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { describe, expect, it } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { dataOfRun } from '../../../src/deployment/data/data-of-run.ts';
import { sharedData } from '../../../src/deployment/data/shared-data.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { HOST, job, notebookTask } from '../../bundle/fixtures.ts';
import { resolvedWith } from './resolved.ts';

const LOAD = `# Databricks notebook source
schema = dbutils.widgets.get("schema")
catalog = dbutils.widgets.get("catalog")
orders = spark.table("main.sales.orders")
orders.write.saveAsTable(f"{catalog}.{schema}.orders_clean")
spark.table(f"{catalog}.{schema}.orders_clean").write.saveAsTable(f"{catalog}.finance.ledger")
`;
const REPORT = '-- Databricks notebook source\nCREATE OR REPLACE TABLE main.reports.weekly AS SELECT * FROM main.sales.weeks\n';
const FILES = [
  { path: 'src/load.py', bytes: Buffer.from(LOAD) },
  { path: 'src/report.sql', bytes: Buffer.from(REPORT) },
  { path: 'databricks.yml', bytes: Buffer.from('bundle: {name: x}') },
];

it('names what is read and written, and what of it is production’s by file and line', async () => {
  const findings = await dataOfRun(FILES, resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales'));
  expect(findings).toEqual([
    {
      rule: 'shared tables',
      weight: 'warning',
      text:
        'A run of this copy changes 2 tables of production: `main.finance.ledger` (`src/load.py`, line 6) and `main.reports.weekly` ' +
        '(`src/report.sql`, line 2). Ask me to give this copy its own.',
    },
    {
      rule: 'shared catalog',
      weight: 'note',
      text: 'The code finds `main.finance.ledger` by a parameter for the catalog alone: a catalog of its own would keep this copy apart there.',
    },
    {
      rule: 'data',
      weight: 'note',
      text:
        'A run reads `main.sales.orders` and `main.sales.weeks` and writes `main.dev_ana.orders_clean`, `main.finance.ledger` and ' +
        '`main.reports.weekly`. Where that schema is missing, make it: `CREATE SCHEMA IF NOT EXISTS main.dev_ana`.',
    },
  ]);
});

describe('of the schema that a copy writes to', () => {
  const dev = resolvedWith('dev', 'dev_ana');
  const prod = resolvedWith('prod', 'sales');
  const said = async (isThere: boolean | undefined, files = FILES) => {
    const asked: string[] = [];
    const findings = await dataOfRun(files, dev, prod, async (name) => {
      asked.push(name);
      return isThere;
    });
    return { asked, text: findings.find(({ rule }) => rule === 'data')?.text ?? '' };
  };
  const make = '`CREATE SCHEMA IF NOT EXISTS main.dev_ana`';

  it('says that it is missing only where somebody has looked, and nothing where it is there', async () => {
    const missing = await said(false);
    expect(missing.asked).toEqual(['main.dev_ana']);
    expect(missing.text).toContain(`I found no schema \`main.dev_ana\`: make it before you run it, by ${make}.`);
    expect((await said(true)).text).not.toMatch(/schema/i);
    expect((await said(undefined)).text).toContain(`Where that schema is missing, make it: ${make}.`);
    const two = [{ path: 'src/load.py', bytes: Buffer.from(`${LOAD}orders.write.saveAsTable(f"hr.{schema}.ledger")\n`) }];
    const both = `\`CREATE SCHEMA IF NOT EXISTS hr.dev_ana\` and ${make}`;
    expect((await said(undefined, two)).text).toContain(`Where one of these schemas is missing, make it: ${both}.`);
  });

  it('does not ask for what the code makes itself, be it by the parameters of what runs it, nor of a catalog of Hive', async () => {
    const makes = (text: string) => [...FILES, { path: 'src/setup.py', bytes: Buffer.from(`# Databricks notebook source\n${text}\n`) }];
    const ownMade = makes('spark.sql(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{schema}")');
    expect(await said(false, ownMade)).toEqual({ asked: [], text: expect.not.stringMatching(/schema/i) });
    const other = makes('spark.sql("CREATE DATABASE IF NOT EXISTS main.sales")');
    expect((await said(false, other)).text).toContain(make);
    const inHive = FILES.map((one) => ({ ...one, bytes: Buffer.from(one.bytes.toString().replaceAll('{catalog}', 'hive_metastore')) }));
    expect(await said(false, inHive)).toMatchObject({ asked: [], text: expect.stringContaining('Where that schema is missing') });
  });
});

it('knows what each task gives to a notebook that several run', async () => {
  const code = '# Databricks notebook source\nspark.range(3).write.saveAsTable(dbutils.widgets.get("target"))\n';
  const load = [{ path: 'src/load.py', bytes: Buffer.from(code) }];
  const given = (target: string, tables: readonly string[]): JsonObject => {
    const files = `/Workspace/Users/ana@acme.example/.bundle/x/${target}/files`;
    const tasks = tables.map((table, i) => ({
      task_key: `load_${i}`,
      notebook_task: { notebook_path: `${files}/src/load`, base_parameters: { target: table } },
    }));
    return { workspace: { file_path: files }, resources: { jobs: { x: { tasks } } } };
  };
  const production = given('prod', ['main.hr.people', 'main.sales.orders']);
  const [shared, data] = await dataOfRun(load, given('dev', ['main.hr.people', 'main.dev_ana.orders']), production);
  expect(shared?.text).toContain('changes 1 table of production: `main.hr.people` (`src/load.py`, line 2)');
  expect(data?.text).toContain('A run writes `main.dev_ana.orders` and `main.hr.people`.');
});

it('takes parameters from the job that runs the code, whatever others call the same', async () => {
  const code = 'spark.range(3).write.saveAsTable(f"main.{dbutils.widgets.get(\'place\')}.orders")\n';
  const load = [{ path: 'src/load.py', bytes: Buffer.from(`# Databricks notebook source\n${code}`) }];
  const written = async (own: JsonObject, base_parameters: JsonObject, caller: JsonObject = {}) => {
    const given = (target: string): JsonObject => {
      const files = `/Workspace/Users/ana@acme.example/.bundle/x/${target}/files`;
      const job = (schema: string, parameters: JsonObject) => ({
        parameters: Object.entries({ schema, ...parameters }).map(([name, value]) => ({ name, default: value })),
      });
      const tasks = [{ task_key: 'load', notebook_task: { notebook_path: `${files}/src/load`, base_parameters } }];
      return {
        workspace: { file_path: files },
        resources: { jobs: { x: { ...job('sales', own), tasks }, y: { ...job('finance', { place: 'hr' }), ...caller } } },
      };
    };
    return (await dataOfRun(load, given('dev'), undefined)).at(-1)?.text;
  };
  expect(await written({}, { place: '{{job.parameters.schema}}' })).toBe('A run writes `main.sales.orders`.');
  expect(await written({ place: 'erp' }, { place: 'crm' })).toBe('A run writes `main.erp.orders`.');
  expect(await written({}, { place: 'crm' })).toBe('A run writes `main.crm.orders`.');
  expect(await written({}, {})).toBe('A run writes `main.{place}.orders`.');
  // The one that runs it as a task hands it its own.
  const run_job_task = { job_id: '${resources.jobs.x.id}', job_parameters: { place: 'ops' } };
  const tasks = [{ task_key: 'run', run_job_task }];
  expect(await written({ place: '' }, {}, { tasks })).toBe('A run writes `main.hr.orders`.');
  expect(await written({ place: '' }, {}, { tasks, parameters: [] })).toBe('A run writes `main.ops.orders`.');
});

it('says nothing of tables that nobody can name, nor of code without tables', async () => {
  const unknown = [{ path: 'src/load.py', bytes: Buffer.from('spark.range(3).write.saveAsTable(f"{where()}.ledger")\n') }];
  const findings = await dataOfRun(unknown, resolvedWith('dev', 'a'), resolvedWith('prod', 'b'));
  expect(findings.filter(({ rule }) => rule === 'shared tables')).toEqual([]);
  expect(await dataOfRun([{ path: 'src/a.py', bytes: Buffer.from('print(1)\n') }], {}, undefined)).toEqual([]);
});

it('takes no table for production’s that has another name there, nor one in a catalog that is said when it is run', async () => {
  const code = `schema = dbutils.widgets.get("schema")
dbutils.widgets.text("catalog", "")
spark.range(3).write.saveAsTable(f"main.sales.orders_{schema}")
spark.range(3).write.saveAsTable(f"{dbutils.widgets.get('catalog')}.sales.weeks")
`;
  const load = [{ path: 'src/load.py', bytes: Buffer.from(`# Databricks notebook source\n${code}`) }];
  const said = async (schema: string) => {
    const [dev, prod] = [resolvedWith('dev', schema), resolvedWith('prod', 'prod')].map((one): JsonObject => {
      const { tasks } = (one.resources as { jobs: { x: { tasks: JsonObject[] } } }).jobs.x;
      return { ...one, resources: { jobs: { x: { tasks } } } };
    });
    const found = await dataOfRun(load, dev ?? {}, prod);
    expect(JSON.stringify(found)).not.toContain('CREATE SCHEMA');
    return found.filter(({ rule }) => rule === 'shared tables').map(({ text }) => text);
  };
  expect(await said('dev')).toEqual([]);
  expect(await said('prod')).toEqual([expect.stringContaining('changes 1 table of production: `main.sales.orders_prod`')]);
});

it('names experiments and models of MLflow that production has, and those of the copy as its own', async () => {
  const said = async (code: string, schema = 'dev_ana') => {
    const load = [{ path: 'src/load.py', bytes: Buffer.from(`# Databricks notebook source\nimport mlflow\n${code}`) }];
    return (await dataOfRun(load, resolvedWith('dev', schema), resolvedWith('prod', 'sales'))).map(({ text }) => text);
  };
  expect(
    await said(`mlflow.set_experiment("/Shared/churn")
mlflow.register_model(uri, "main.sales.churn")
client.set_registered_model_alias("main.sales.churn", "champion", 3)
`),
  ).toEqual([
    'A run of this copy changes 1 experiment and 1 model of production: `/Shared/churn` (`src/load.py`, line 3) and `main.sales.churn` ' +
      '(`src/load.py`, line 5). Ask me to give this copy its own.',
    'A run writes `/Shared/churn` and `main.sales.churn`.',
  ]);
  const own =
    'mlflow.set_experiment(f"/Users/{user}/churn")\nmlflow.register_model(uri, f"main.{dbutils.widgets.get(\'schema\')}.churn")\n';
  expect(await said(own)).toEqual([
    'A run writes `main.dev_ana.churn`. Where that schema is missing, make it: `CREATE SCHEMA IF NOT EXISTS main.dev_ana`.',
  ]);
  expect((await said(own, 'sales'))[0]).toContain('changes 1 model of production: `main.sales.churn` (`src/load.py`, line 4)');
  expect(await said('mlflow.search_runs(experiment_names=["/Shared/churn"])\n')).toEqual([]);
});

it('counts once what several files change', async () => {
  const report = { path: 'src/report_2.sql', bytes: Buffer.from(REPORT) };
  const [shared] = await dataOfRun([...FILES, report], resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales'));
  expect(shared?.text).toContain('changes 2 tables of production');
  expect(shared?.text).toContain('`main.reports.weekly` (`src/report.sql`, line 2) and `main.reports.weekly` (`src/report_2.sql`, line 2)');
});

it('is told of a bundle alone as well, for runs without a plan; never of production', async () => {
  const definition = job({ name: 'Report', tasks: [notebookTask('report', '/Workspace/etl/report')] });
  const source = {
    path: '/Workspace/etl/report',
    kind: 'notebook',
    language: 'SQL',
    format: 'SOURCE',
    bytes: Buffer.from(REPORT),
  } as const;
  const bundle = generateBundle({ definition, sources: [source], host: HOST });
  expect(await sharedData(bundle, 'dev', 'ana@acme.example')).toContain('`main.reports.weekly` (`src/report.sql`, line 2)');
  expect(await sharedData(bundle, 'prod', 'ana@acme.example')).toBeUndefined();
});

it('lets others have their turn while many sources are read', async () => {
  const many = Array.from({ length: 10 }, (_, i) => ({ path: `src/part_${i}.py`, bytes: Buffer.from(LOAD.repeat(20)) }));
  let turns = 0;
  const onTurn = () => {
    turns += 1;
    next = setImmediate(onTurn);
  };
  let next = setImmediate(onTurn);
  await dataOfRun(many, resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales')).finally(() => clearImmediate(next));
  expect(turns).toBeGreaterThan(5);
});

it('names the paths that production writes to as well, and none that the copy has for itself', async () => {
  const code = `# Databricks notebook source
out = dbutils.widgets.get("schema")
frame = spark.read.json("/Volumes/main/sales/landing")
frame.write.parquet(f"/Volumes/main/{out}/files/orders")
frame.write.parquet(f"/Volumes/main/sales/files/{out}/orders")
(frame.writeStream.option("checkpointLocation", "dbfs:/checkpoints/orders")
  .toTable(f"main.{out}.orders"))
dbutils.fs.rm("s3://acme-drop/orders/latest", True)
`;
  const load = [{ path: 'src/load.py', bytes: Buffer.from(code) }];
  const [shared, data] = await dataOfRun(load, resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales'));
  expect(shared?.text).toBe(
    'A run of this copy changes 2 paths of production: `dbfs:/checkpoints/orders` (`src/load.py`, line 6) and ' +
      '`s3://acme-drop/orders/latest` (`src/load.py`, line 8). Ask me to give this copy its own.',
  );
  expect(data?.text).toContain('A run writes `main.dev_ana.orders`, `/Volumes/main/dev_ana/files/orders`, ');
  // Where the copy is given production's value, its paths are production's.
  const [same] = await dataOfRun(load, resolvedWith('dev', 'sales'), resolvedWith('prod', 'sales'));
  expect(same?.text).toContain('changes 1 table and 4 paths of production: `main.sales.orders`');
  // Without a production to hold it against, what is written down counts.
  const [alone] = await dataOfRun(load, resolvedWith('dev', 'dev_ana'), undefined);
  expect(alone?.text).toContain('changes 3 paths of production');
});

it('reads statements of SQL in parameters, and none that may be for another database', async () => {
  const said = async (query: string, inProduction = query, schema = 'dev_ana') => {
    const given = (target: string, text: string, value: string): JsonObject => {
      const resolved = resolvedWith(target, value);
      const tasks = [{ task_key: 'run', notebook_task: { notebook_path: '/Shared/run', base_parameters: { query: text, schema: value } } }];
      return { ...resolved, resources: { jobs: { x: { tasks } } } };
    };
    return (await dataOfRun([], given('dev', query, schema), given('prod', inProduction, 'sales'))).map(({ text }) => text);
  };
  const insert = (schema: string) => `INSERT INTO main.${schema}.weeks SELECT * FROM erp.raw.days`;
  expect(await said(insert('sales'))).toEqual([
    'A run of this copy changes 1 table of production: `main.sales.weeks` (parameter `query` of task `run`). Ask me to give this copy its own.',
    'A run reads `erp.raw.days` and writes `main.sales.weeks`.',
  ]);
  const own =
    'A run reads `erp.raw.days` and writes `main.dev_ana.weeks`. Where that schema is missing, make it: `CREATE SCHEMA IF NOT EXISTS main.dev_ana`.';
  expect(await said(insert('dev_ana'), insert('sales'))).toEqual([own]);
  expect(await said(insert('{schema}'))).toEqual([own]);
  for (const other of ['INSERT INTO audit.log VALUES (1)', 'update the table main.sales.weeks from time to time', 'main.sales.weeks'])
    expect([other, await said(other)]).toEqual([other, []]);
});

it('says which jobs and pipelines are started that are no part of the copy', async () => {
  const inner = { task_key: 'inner', run_job_task: { job_id: 530 } };
  const own = [
    { task_key: 'child', run_job_task: { job_id: '${resources.jobs.child.id}' } },
    { task_key: 'tables', pipeline_task: { pipeline_id: '${resources.pipelines.tables.id}' } },
  ];
  const others = [
    { task_key: 'notify', run_job_task: { job_id: 640 } },
    { task_key: 'refresh', pipeline_task: { pipeline_id: '5d83f3f3-f0ee-458b-a01c-81a9c40a3771' } },
    { task_key: 'each', for_each_task: { inputs: '[1]', task: inner } },
  ];
  const said = async (tasks: JsonObject[]) =>
    (await dataOfRun([], { resources: { jobs: { x: { tasks } } } }, undefined)).map(({ text }) => text);
  expect(await said(own)).toEqual([]);
  expect(await said([...own, ...others])).toEqual([
    'A run of this copy also starts what is no part of it: job `640` (task `notify`), ' +
      'pipeline `5d83f3f3-f0ee-458b-a01c-81a9c40a3771` (task `refresh`) and job `530` (task `each`).',
  ]);
});

// Files in volumes and models of MLflow lie in schemas as tables do: a parameter by which code only reads them stays as it is in a copy.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseJob } from '../../src/bundle/model/definition.ts';
import { resolveBundle } from '../../src/bundle/proof/resolve-offline.ts';
import { makeBundle } from '../../src/conversion/make-bundle.ts';
import { HOST, job } from '../bundle/fixtures.ts';

const LOAD = '/Workspace/Users/ana@acme.example/etl/load';
const ASKS = `catalog, schema, out_schema = [dbutils.widgets.get(name) for name in ("catalog", "schema", "out_schema")]
files = spark.read.json(f"/Volumes/{catalog}/{schema}/landing/orders")
`;

async function copyOf(code: string, base_parameters: Record<string, string>) {
  const definition = job({ name: 'Copies', tasks: [{ task_key: 'load', notebook_task: { notebook_path: LOAD, base_parameters } }] });
  const bytes = Buffer.from(`# Databricks notebook source\n${code}`);
  const source = { path: LOAD, kind: 'notebook', language: 'PYTHON', format: 'SOURCE', bytes } as const;
  const { bundle } = await makeBundle({ definition, sources: [source], diagnostics: [] }, {}, { host: HOST });
  const { resources } = resolveBundle(bundle.files, 'dev', { userName: 'ana.b@acme.example' });
  const told = bundle.diagnostics.filter(({ place }) => place === 'target dev').map(({ message }) => message);
  return { given: JSON.parse(/"base_parameters":(\{.*?"\})/.exec(JSON.stringify(resources))?.[1] ?? '{}'), told };
}

const GIVEN = { catalog: 'main', schema: 'erp', out_schema: 'sales' };

it('moves the schema of a volume that is written, and leaves that of one that is only read', async () => {
  const { given, told } = await copyOf(`${ASKS}files.write.parquet(f"/Volumes/{catalog}/{out_schema}/files/orders")\n`, GIVEN);
  expect(given).toEqual({ ...GIVEN, out_schema: 'dev_ana_b' });
  // Its code was read: nothing of it is left to guess.
  expect(told).toEqual([expect.stringContaining('goes to a schema of its own: `out_schema` is `dev_<your name>`')]);
});

it('says which volume a copy would not find, where one schema is for both', async () => {
  const one = { catalog: 'main', schema: 'erp' };
  const { given, told } = await copyOf(`${ASKS}files.write.saveAsTable(f"{catalog}.{schema}.orders")\n`, one);
  expect(given.schema).toBe('dev_ana_b');
  expect(told.filter((text) => text.includes('as well'))).toEqual([expect.stringContaining('code reads `landing` by `schema` as well')]);
  // What the code writes there itself is not missed.
  const own = await copyOf(`${ASKS}files.write.json(f"/Volumes/{catalog}/{schema}/landing/copy")\n`, one);
  expect([own.given.schema, own.told.filter((text) => text.includes('as well'))]).toEqual(['dev_ana_b', []]);
});

it('keeps models that a copy registers out of production’s schema', async () => {
  const one = { catalog: 'main', schema: 'erp' };
  const code =
    'catalog, schema = dbutils.widgets.get("catalog"), dbutils.widgets.get("schema")\nmlflow.register_model(uri, f"{catalog}.{schema}.churn")\n';
  const { given, told } = await copyOf(code, one);
  expect(given).toEqual({ ...one, schema: 'dev_ana_b' });
  expect(told).toHaveLength(1);
});

it('leaves the schema of a model that is only looked up', async () => {
  const looks = 'model = mlflow.pyfunc.load_model(f"models:/{catalog}.{schema}.churn@champion")\n';
  const { given } = await copyOf(`${ASKS}${looks}files.write.saveAsTable(f"{catalog}.{out_schema}.scores")\n`, GIVEN);
  expect(given).toEqual({ ...GIVEN, out_schema: 'dev_ana_b' });
});

it('moves what a statement in the settings writes, and leaves one alone that may hold another bundle’s references', async () => {
  const statement = 'INSERT INTO main.sales.daily SELECT day FROM main.erp.orders';
  expect((await copyOf('spark.sql(dbutils.widgets.get("statement"))\n', { statement })).given).toEqual({
    statement: 'INSERT INTO main.dev_ana_b.daily SELECT day FROM main.erp.orders',
  });
  const other = `${statement} WHERE day = '\${day}'`;
  expect((await copyOf('spark.sql(dbutils.widgets.get("statement"))\n', { statement: other })).given).toEqual({ statement: other });
});

it('names no schema for a copy of a job that only reads, whatever function its code names the table in', async () => {
  const demo = (path: string) => readFile(join(import.meta.dirname, '../../src/playground/workspace', path));
  const definition = parseJob(await demo('jobs/orders-export.json').then(String));
  const path = '/Workspace/Shared/orders/export_orders.py';
  const source = { path, kind: 'file', bytes: await demo('files/Shared/orders/export_orders.py') } as const;
  const { bundle } = await makeBundle({ definition, sources: [source], diagnostics: [] }, {}, { host: HOST });
  expect(bundle.diagnostics.filter(({ place }) => place === 'target dev')).toEqual([]);
});

// What a run of a development copy would read from its own schemas and find nothing in.
import { expect, it } from 'vitest';
import { dataOfRun } from '../../../src/deployment/data/data-of-run.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { resolvedWith } from './resolved.ts';

it('names what a copy would miss in its own schema', async () => {
  const code =
    'schema = dbutils.widgets.get("schema")\nspark.table(f"main.{schema}.customers").write.saveAsTable(f"main.{schema}.clean")\n';
  const load = [{ path: 'src/load.py', bytes: Buffer.from(`# Databricks notebook source\n${code}`) }];
  const findings = await dataOfRun(load, resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales'));
  expect(findings[0]?.text).toContain('nothing in this bundle fills: `main.dev_ana.customers` (production reads `main.sales.customers`).');
  expect(findings.map(({ rule }) => rule)).toEqual(['missing tables', 'data']);
});

it('says nothing of what the copy may fill under a name that is computed, or by dbt', async () => {
  const reads =
    'schema = dbutils.widgets.get("schema")\nspark.table(f"main.{schema}.customers").write.saveAsTable(f"main.{schema}.clean")\n';
  const missing = async (code: string, more: JsonObject[] = []) => {
    const load = [{ path: 'src/load.py', bytes: Buffer.from(`# Databricks notebook source\n${reads}${code}`) }];
    const [dev, prod] = [resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales')];
    const { tasks } = (dev.resources as { jobs: { x: { tasks: JsonObject[] } } }).jobs.x;
    const found = await dataOfRun(load, { ...dev, resources: { jobs: { x: { tasks: [...tasks, ...more] } } } }, prod);
    return found.filter(({ rule }) => rule === 'missing tables').length;
  };
  expect(await missing('')).toBe(1);
  expect(await missing('for name in names:\n    spark.table(name).write.saveAsTable(f"main.{schema}.{name}")\n')).toBe(0);
  expect(await missing('for name in names:\n    spark.table(name).write.saveAsTable(f"main.other.{name}")\n')).toBe(1);
  expect(await missing('', [{ task_key: 'dbt', dbt_task: { commands: ['dbt run'], schema: 'dev_ana' } }])).toBe(0);
});

it('names volumes as well that a copy would find nothing in, and none that it fills itself', async () => {
  const missing = async (code: string) => {
    const load = [
      { path: 'src/load.py', bytes: Buffer.from(`# Databricks notebook source\nschema = dbutils.widgets.get("schema")\n${code}`) },
    ];
    const findings = await dataOfRun(load, resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales'));
    return findings.filter(({ rule }) => rule === 'missing tables').map(({ text }) => text);
  };
  const reads = 'files = spark.read.json(f"/Volumes/main/{schema}/landing/orders")\n';
  expect(await missing(`${reads}files.write.saveAsTable(f"main.{schema}.orders")\n`)).toEqual([
    expect.stringContaining(
      'nothing in this bundle fills: the files in volume `main.dev_ana.landing` (production reads `main.sales.landing`).',
    ),
  ]);
  expect(await missing(`${reads}files.write.json(f"/Volumes/main/{schema}/landing/copy")\n`)).toEqual([]);
  expect(await missing('spark.read.json("/Volumes/main/sales/landing/orders").write.saveAsTable(f"main.{schema}.orders")\n')).toEqual([]);
});

it('names models as well that a copy would look for in its own schema, and none that it registers', async () => {
  const said = async (code: string) => {
    const text = `# Databricks notebook source\nimport mlflow\nschema = dbutils.widgets.get("schema")\n${code}`;
    const load = [{ path: 'src/load.py', bytes: Buffer.from(text) }];
    return (await dataOfRun(load, resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales'))).map((one) => one.text);
  };
  const looks = 'model = mlflow.pyfunc.load_model(f"models:/main.{schema}.churn@champion")\n';
  expect(await said(looks)).toEqual([
    expect.stringContaining('nothing in this bundle fills: the model `main.dev_ana.churn` (production reads `main.sales.churn`).'),
    'A run reads `main.dev_ana.churn`.',
  ]);
  const make = 'Where that schema is missing, make it: `CREATE SCHEMA IF NOT EXISTS main.dev_ana`.';
  expect(await said(`${looks}mlflow.register_model(uri, f"main.{schema}.churn")\n`)).toEqual([
    `A run writes \`main.dev_ana.churn\`. ${make}`,
  ]);
  expect(await said(`${looks}mlflow.register_model(uri, f"main.{schema}.{name}")\n`)).toEqual(['A run reads `main.dev_ana.churn`.']);
  expect(await said('mlflow.pyfunc.load_model(f"runs:/{run}/model")\n')).toEqual([]);
});

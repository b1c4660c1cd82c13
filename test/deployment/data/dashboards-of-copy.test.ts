// Which dashboards of a copy are said to go on to show production's tables.
import { expect, it } from 'vitest';
import { dataOfRun } from '../../../src/deployment/data/data-of-run.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { resolvedWith } from './resolved.ts';

it('says which dashboards go on to show production’s tables, and no word where they read other ones or the copy’s', async () => {
  const code = 'spark.table("main.erp.raw").write.saveAsTable(f"main.{dbutils.widgets.get(\'schema\')}.orders")\n';
  const said = async (query: string, place: JsonObject = {}, dashboard: JsonObject = {}) => {
    const datasets = [{ name: 'a', displayName: 'A', queryLines: [query], ...place }];
    const files = [
      { path: 'src/load.py', bytes: Buffer.from(`# Databricks notebook source\n${code}`) },
      { path: 'src/sales.lvdash.json', bytes: Buffer.from(JSON.stringify({ pages: [], datasets })) },
    ];
    const board = { display_name: 'Sales', file_path: '../src/sales.lvdash.json', ...dashboard };
    const [dev, prod] = [resolvedWith('dev', 'dev_ana'), resolvedWith('prod', 'sales')];
    const resources = { ...(dev.resources as JsonObject), dashboards: { sales: board } };
    const found = await dataOfRun(files, { ...dev, resources }, prod);
    return found.filter(({ rule }) => rule === 'dashboards').map(({ text }) => text);
  };
  const words = ["The copy of dashboard `Sales` shows production's `main.sales.orders`, not what this copy writes."];
  expect(await said('SELECT * FROM main.sales.orders o JOIN main.sales.customers c USING (id)')).toEqual(words);
  expect(await said('SELECT * FROM sales.orders', { catalog: 'main' })).toEqual(words);
  expect(await said('SELECT * FROM orders', { catalog: 'main', schema: 'sales' })).toEqual(words);
  expect(await said('SELECT * FROM orders', { catalog: 'main', schema: 'sales' }, { dataset_schema: 'dev_ana' })).toEqual([]);
  expect(await said('SELECT * FROM main.sales.customers')).toEqual([]);
  expect(await said('SELECT * FROM orders')).toEqual([]);
});

it('takes no dashboard for another whose file has the same name elsewhere', async () => {
  const board = (query: string) => Buffer.from(JSON.stringify({ pages: [], datasets: [{ name: 'a', queryLines: [query] }] }));
  const code = 'spark.table("main.erp.raw").write.saveAsTable(f"main.{dbutils.widgets.get(\'schema\')}.orders")\n';
  const files = [
    { path: 'src/load.py', bytes: Buffer.from(`# Databricks notebook source\n${code}`) },
    { path: 'src/old/sales.lvdash.json', bytes: board('SELECT * FROM main.sales.orders') },
    { path: 'src/sales.lvdash.json', bytes: board('SELECT * FROM main.sales.customers') },
  ];
  const dev = resolvedWith('dev', 'dev_ana');
  const said = async (file_path: string) => {
    const dashboards = { sales: { display_name: 'Sales', file_path } };
    const found = await dataOfRun(
      files,
      { ...dev, resources: { ...(dev.resources as JsonObject), dashboards } },
      resolvedWith('prod', 'sales'),
    );
    return found.filter(({ rule }) => rule === 'dashboards').length;
  };
  expect([await said('../src/sales.lvdash.json'), await said('src/sales.lvdash.json'), await said('../src/old/sales.lvdash.json')]).toEqual(
    [0, 0, 1],
  );
});

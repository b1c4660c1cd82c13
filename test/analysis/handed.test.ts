// What is known of a source's own functions by what it hands to them.
import { expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { notebook } from './make.ts';

const named = async (code: string) =>
  (await analyze(notebook(`# Databricks notebook source\n${code}`))).named.map(
    ({ use, parts, line }) => `${use} ${parts.join('.')}@${line}`,
  );

it('follows names into the functions that get them, and says the line that names them', async () => {
  expect(
    await named(`def save(frame, table, mode="append", *, extra=None):
    frame.write.mode(mode).saveAsTable(table)
    spark.sql(f"OPTIMIZE {table}")

def load(catalog, schema="sales"):
    return spark.table(f"{catalog}.{schema}.orders")

save(load("main"), "main.sales.clean")
save(
    load(dbutils.widgets.get("catalog"), schema="erp"),
    table=f"{catalog}.sales.all",
)
save(load(catalog()), name())
`),
  ).toEqual([
    'maintained main.sales.clean@4',
    'maintained {catalog}.sales.all@4',
    'maintained {table}@4',
    'read main.sales.orders@7',
    'read {catalog}.erp.orders@7',
    'read {catalog}.sales.orders@7',
    'written main.sales.clean@9',
    'written {catalog}.sales.all@12',
  ]);
});

it('knows methods by what they belong to, and leaves functions alone that have one name, or that nobody calls', async () => {
  expect(
    await named(`class Writer:
    def save(self, frame, table):
        frame.write.saveAsTable(table)

Writer().save(orders, "main.sales.orders")
`),
  ).toEqual(['written main.sales.orders@6']);
  const reader = 'class Reader:\n    def get(self, table):\n        return spark.table(table)\n';
  expect(await named(`${reader}dbutils.widgets.get("catalog")\nspark.conf.get("spark.sql.x")\n`)).toEqual([]);
  expect(await named('def a(t):\n    spark.table(t)\ndef a(t):\n    spark.read.table(t)\na("main.sales.orders")\n')).toEqual([]);
  expect(await named('def a(t="main.sales.orders"):\n    spark.table(t)\n')).toEqual([]);
  expect(await named('def a(t="main.sales.orders"):\n    spark.table(t)\na()\n')).toEqual(['read main.sales.orders@4']);
  expect(await named('def a(t):\n    spark.table(t)\nother.a("main.sales.orders")\n')).toEqual([]);
});

it('follows what a later cell hands to a function of an earlier one', async () => {
  expect(
    await named(`def save(frame, table):
    frame.write.saveAsTable(table)

# COMMAND ----------

save(orders, f"main.{schema}.orders")
`),
  ).toEqual(['written main.{schema}.orders@7']);
});

it('knows a name that a later cell sets anew until then, beside functions too', async () => {
  expect(
    await named(`def count(frame):
    frame.count()

# COMMAND ----------

name = "main.sales.a"
orders.write.saveAsTable(name)

# COMMAND ----------

name = "main.sales.b"
count(orders)
`),
  ).toEqual(['written main.sales.a@8']);
});

it('follows ten calls, and no text that is longer than people’s', async () => {
  const calls = Array.from({ length: 30 }, (_, i) => `save("main.sales.t${i}")\n`).join('');
  expect(await named(`def save(table):\n    df.write.saveAsTable(table)\n${calls}`)).toHaveLength(10);
});

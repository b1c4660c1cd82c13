// What is said about made-up notebooks of every language and kind of work.
import { describe, expect, it } from 'vitest';
import { type Analysis, analyze } from '../../src/analysis/analyze.ts';
import type { NotebookLanguage } from '../../src/bundle/model/bundle.ts';
import { notebook } from './make.ts';

const ofPython = async (code: string) => analyze(notebook(code));
const tables = ({ tables: { read, written, maintained } }: Analysis) => ({ read, written, maintained });

describe('a Python notebook', () => {
  it('is told as a whole', async () => {
    const text = `# Databricks notebook source
# MAGIC %md # Orders: bronze to silver

# COMMAND ----------

# MAGIC %pip install great-expectations==1.2 "dlt-helpers>=1" -r ../requirements.txt

# COMMAND ----------

# MAGIC %run ./shared/setup

# COMMAND ----------

import json
import pandas as pd
from delta.tables import DeltaTable

dbutils.widgets.text("catalog", "dev_shop", "Catalog")
dbutils.widgets.dropdown("mode", "append", ["append", "full"])
catalog = dbutils.widgets.get("catalog")
day = dbutils.widgets.get("day")
SILVER = f"{catalog}.silver.orders"
spark.conf.set("spark.sql.shuffle.partitions", "64")
password = dbutils.secrets.get(scope="shop", key="jdbc-password")

# COMMAND ----------

orders = spark.table(f"{catalog}.bronze.orders").join(spark.read.format("delta").table("main.ref.countries"), "country")
orders.createOrReplaceTempView("new_orders")
prices = spark.sql(f"""
  WITH latest AS (SELECT * FROM {catalog}.bronze.prices WHERE day = '{day}')
  SELECT o.*, p.price FROM new_orders o JOIN latest p USING (sku)
""")
target = DeltaTable.forName(spark, SILVER)
target.alias("t").merge(prices.alias("s"), "t.id = s.id").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
prices.write.mode("overwrite").option("path", "/Volumes/main/shop/out").saveAsTable("main.silver.prices")
extra = spark.read.json("/Volumes/main/shop/in/extra.json")

# COMMAND ----------

# MAGIC %sql
# MAGIC OPTIMIZE main.silver.prices ZORDER BY (sku)

# COMMAND ----------

last = dbutils.jobs.taskValues.get(taskKey="load", key="last_day", default="", debugValue="")
dbutils.jobs.taskValues.set(key="rows", value=orders.count())
dbutils.notebook.exit("ok")
`;
    expect(await analyze(notebook(text))).toEqual({
      path: '/Workspace/Users/ana@shop.test/etl/main',
      isNotebook: true,
      language: 'PYTHON',
      cells: 7,
      title: 'Orders: bronze to silver',
      widgets: [
        { name: 'catalog', kind: 'text', default: 'dev_shop', choices: undefined },
        { name: 'day', kind: 'read', default: undefined, choices: undefined },
        { name: 'mode', kind: 'dropdown', default: 'append', choices: ['append', 'full'] },
      ],
      arguments: [],
      tables: {
        read: ['main.ref.countries', '{catalog}.bronze.orders', '{catalog}.bronze.prices'],
        written: ['main.silver.prices', '{catalog}.silver.orders'],
        maintained: ['main.silver.prices'],
      },
      named: [
        { use: 'read', parts: ['{catalog}', 'bronze', 'orders'], line: 28 },
        { use: 'read', parts: ['main', 'ref', 'countries'], line: 28 },
        { use: 'read', parts: ['{catalog}', 'bronze', 'prices'], line: 31 },
        { use: 'written', parts: ['{catalog}', 'silver', 'orders'], line: 34 },
        { use: 'written', parts: ['main', 'silver', 'prices'], line: 36 },
        { use: 'maintained', parts: ['main', 'silver', 'prices'], line: 42 },
      ],
      changedPaths: [{ path: '/Volumes/main/shop/out', line: 36 }],
      logged: [],
      catalogs: ['main', '{catalog}'],
      schemas: ['main.ref', 'main.silver', '{catalog}.bronze', '{catalog}.silver'],
      makes: [],
      paths: { read: ['/Volumes/main/shop/in/extra.json'], written: ['/Volumes/main/shop/out'] },
      libraries: { installed: ['dlt-helpers>=1', 'great-expectations==1.2'], imported: ['delta', 'pandas'] },
      secretReferences: ['shop/jdbc-password'],
      sparkConf: ['spark.sql.shuffle.partitions'],
      taskValues: { read: ['load/last_day'], set: ['rows'] },
      exits: true,
      kind: 'transformation',
      reasons: ['it reads 3 tables', 'it writes 2 tables'],
      dependencies: [
        { kind: 'file', path: '../requirements.txt', line: 6 },
        { kind: 'run', path: './shared/setup', line: 10 },
        { kind: 'import', module: 'pandas', level: 0, names: [], line: 15 },
        { kind: 'import', module: 'delta.tables', level: 0, names: ['DeltaTable'], line: 16 },
      ],
      secrets: [],
      isCut: false,
    });
  });

  it('never shows a hard-coded secret, wherever it would appear', async () => {
    const code = 'dbutils.widgets.text("password", "hunter2")\nspark.read.load("https://ana:hunter2@shop.test/x")\n';
    const analysis = await ofPython(code);
    expect(JSON.stringify(analysis)).not.toContain('hunter2');
    expect(analysis.widgets[0]?.default).toBe('[secret: password]');
    expect(analysis.secrets).toEqual([
      { line: 1, kind: 'password' },
      { line: 2, kind: 'password in a URL' },
    ]);
  });

  it.each([
    ['spark.sql("select * from %s.a.b" % catalog)', ['{catalog}.a.b']],
    ['spark.sql("select * from {}.a.b".format(catalog))', ['{catalog}.a.b']],
    ['spark.sql("select * " + "from main.a.b")', ['main.a.b']],
    ['q = """select *\nfrom main.a.b"""\ndf = spark.sql(q)', ['main.a.b']],
    ['T = "main.a.b"\nself.spark.table(T)', ['main.a.b']],
    ['spark.readStream.option("x", 1).table("a.b")', ['a.b']],
    ['spark.sql("this is no SQL, it is a sentence from nobody; at all")', ['nobody']],
    ['db.sql("select 1 from a.b")', []],
    ['df.table("x")', []],
    ['spark.table(name)', []],
  ])('reads tables of %s', async (code, read) => {
    expect((await ofPython(code)).tables.read).toEqual(read);
  });

  it('knows what MLflow logs to and registers, and what is only looked at', async () => {
    const { logged } = await ofPython(`import mlflow
mlflow.set_experiment("/Shared/churn")
mlflow.set_experiment(experiment_name=dbutils.widgets.get("experiment"))
mlflow.set_experiment(experiment_id="123")
base = f"/Users/{user}"
MlflowClient().create_experiment(name=f"{base}/churn")
with mlflow.start_run(run_name="churn"):
    mlflow.sklearn.log_model(
        model, "model",
        registered_model_name="main.churn.model",
    )
mlflow.register_model(f"runs:/{run_id}/model", f"{catalog}.{schema}.model")
client.set_registered_model_alias("main.churn.model", "champion", 3)
mlflow.search_runs(experiment_names=["/Shared/other"])
mlflow.get_experiment_by_name("/Shared/other")
mlflow.pyfunc.load_model("models:/main.churn.model@champion")
mlflow.set_experiment(name)
`);
    expect(logged.map(({ kind, use, name, line }) => `${line} ${kind} ${name}${use === 'read' ? ', read' : ''}`)).toEqual([
      '2 experiment /Shared/churn',
      '3 experiment {experiment}',
      '4 experiment 123',
      '6 experiment /Users/{user}/churn',
      '10 model main.churn.model',
      '12 model {catalog}.{schema}.model',
      '13 model main.churn.model',
      '16 model main.churn.model, read',
    ]);
  });

  it('knows getArgument, open, pandas and dbutils.fs', async () => {
    const { widgets, paths } = await ofPython(
      'getArgument("env", "dev")\nopen("/dbfs/a.txt", "w")\nopen("local.txt")\npd.read_csv("/Volumes/a/b/c/d.csv")\ndbutils.fs.cp("dbfs:/x", "/mnt/y")\ndf.write.csv("s3://b/out")\n',
    );
    expect(widgets).toEqual([{ name: 'env', kind: 'read', default: 'dev', choices: undefined }]);
    expect(paths).toEqual({ read: ['/Volumes/a/b/c/d.csv', 'dbfs:/x'], written: ['/dbfs/a.txt', '/mnt/y', 's3://b/out'] });
  });
});

describe('Scala and R', () => {
  it('are read by pattern', async () => {
    const scala = await analyze(
      notebook(
        'val env = dbutils.widgets.get("env")\n// spark.table("not.this")\nval df = spark.read.format("delta").table("a.b")\nspark.sql("""select * from c.d""")\ndf.write.saveAsTable("e.f")\nval p = dbutils.secrets.get(scope = "shop", key = "pw")\n',
        'SCALA',
      ),
    );
    expect(scala).toMatchObject({
      tables: { read: ['a.b', 'c.d'], written: ['e.f'] },
      secretReferences: ['shop/pw'],
      kind: 'transformation',
    });
    expect(scala.widgets.map(({ name }) => name)).toEqual(['env']);
    expect((await analyze(notebook('df <- SparkR::sql("select * from a.b")\nsaveAsTable(df, "c.d")\n', 'R'))).tables.read).toEqual(['a.b']);
  });
});

describe('the kind of work', () => {
  const kinds: readonly [string, string, NotebookLanguage][] = [
    ['pipeline (DLT)', 'import dlt\n@dlt.table(name="orders")\ndef make():\n  return dlt.read("raw")\n', 'PYTHON'],
    ['pipeline (DLT)', 'CREATE OR REFRESH STREAMING TABLE s AS SELECT * FROM STREAM read_files("/Volumes/a/b/c")', 'SQL'],
    ['streaming', 'spark.readStream.table("a.b").writeStream.trigger(availableNow=True).toTable("c.d")\n', 'PYTHON'],
    ['machine learning', 'from sklearn.linear_model import Ridge\nRidge().fit(x, y)\n', 'PYTHON'],
    ['maintenance', 'VACUUM a.b', 'SQL'],
    ['ingestion', "COPY INTO a.b FROM 's3://x/y' FILEFORMAT = CSV", 'SQL'],
    ['ingestion', 'import requests\nspark.createDataFrame(requests.get(u).json()).write.saveAsTable("a.b")\n', 'PYTHON'],
    ['transformation', 'CREATE TABLE a.b AS SELECT * FROM c.d', 'SQL'],
    ['utility', 'def helper(x):\n  return x\n', 'PYTHON'],
    ['utility', 'dbutils.notebook.run("./a", 0)\n', 'PYTHON'],
    ['utility', '', 'R'],
  ];
  it.each(kinds)('%s: %s', async (kind, code, language) => {
    const analysis = await analyze(notebook(code, language));
    expect(analysis.kind).toBe(kind);
    expect(analysis.reasons.length).toBeGreaterThan(0);
  });

  it('names the tables of a pipeline by their functions', async () => {
    const analysis = await ofPython(
      'import dlt\n@dlt.table\ndef orders():\n  return spark.readStream.table("raw.o")\n@dlt.view()\ndef tmp():\n  return dlt.read("orders")\n',
    );
    expect(tables(analysis)).toEqual({ read: ['orders', 'raw.o'], written: ['orders'], maintained: [] });
  });
});

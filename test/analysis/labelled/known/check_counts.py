# Databricks notebook source
# label: changes none; written by none; read by catalog
catalog = dbutils.widgets.get("catalog")
spark.sql(f"CREATE OR REPLACE TEMP VIEW counts AS SELECT count(*) AS n FROM {catalog}.core.accounts")
n = spark.table("counts").first().n
assert n > 0, "there are no accounts"
dbutils.notebook.exit(str(n))

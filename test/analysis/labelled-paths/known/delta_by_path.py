# Databricks notebook source
# label: writes abfss://silver@acmeprod.dfs.core.windows.net/customers@6, abfss://gold@acmeprod.dfs.core.windows.net/customers@12, abfss://silver@acmeprod.dfs.core.windows.net/customers@13
from delta.tables import DeltaTable

path = "abfss://silver@acmeprod.dfs.core.windows.net/customers"
target = DeltaTable.forPath(spark, path)
changes = spark.read.format("delta").load("abfss://bronze@acmeprod.dfs.core.windows.net/customers")
target.alias("t").merge(changes.alias("c"), "t.id = c.id").whenMatchedUpdateAll().execute()

# COMMAND ----------

changes.write.option("path", "abfss://gold@acmeprod.dfs.core.windows.net/customers").saveAsTable("customers")
spark.sql(f"VACUUM delta.`{path}` RETAIN 168 HOURS")

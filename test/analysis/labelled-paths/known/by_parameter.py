# Databricks notebook source
# label: writes none
dbutils.widgets.text("out", "/Volumes/main/sales/exports")
dbutils.widgets.text("env", "dev")
out = dbutils.widgets.get("out")
env = dbutils.widgets.get("env")
catalog = spark.conf.get("pipeline.catalog")

# COMMAND ----------

frame = spark.read.json("/Volumes/main/sales/landing/items.json")
frame.write.save(f"{out}/items")
frame.write.format("delta").save(f"/Volumes/{catalog}/sales/exports/items")
frame.write.parquet(f"s3://acme-lake/{env}/items")
frame.write.parquet(f"abfss://{env}@acmelake.dfs.core.windows.net/items")

# Databricks notebook source
# label: writes abfss://lake@acmeprod.dfs.core.windows.net/events/_schema@8, abfss://lake@acmeprod.dfs.core.windows.net/events/_checkpoint@16
BASE = "abfss://lake@acmeprod.dfs.core.windows.net/events"

events = (
    spark.readStream.format("cloudFiles")
    .option("cloudFiles.format", "json")
    .option("cloudFiles.schemaLocation", f"{BASE}/_schema")
    .load("abfss://landing@acmeprod.dfs.core.windows.net/events")
)

# COMMAND ----------

(
    events.writeStream
    .option("checkpointLocation", BASE + "/_checkpoint")
    .trigger(availableNow=True)
    .toTable("events")
)

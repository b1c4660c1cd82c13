# Databricks notebook source
# MAGIC %md
# MAGIC ## 1 · Ingest product events
# MAGIC New JSON files from the landing volume into `bronze_events`, each file once (Auto Loader).

# COMMAND ----------

dbutils.widgets.text("catalog", "main")
dbutils.widgets.text("schema", "churn")
dbutils.widgets.text("landing_path", "/Volumes/main/churn/landing/events")

catalog = dbutils.widgets.get("catalog")
schema = dbutils.widgets.get("schema")
landing_path = dbutils.widgets.get("landing_path")

spark.sql(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{schema}")
spark.sql(f"CREATE VOLUME IF NOT EXISTS {catalog}.{schema}.checkpoints")

# COMMAND ----------

from pyspark.sql import functions as F

events = (
    spark.readStream.format("cloudFiles")
    .option("cloudFiles.format", "json")
    .option("cloudFiles.inferColumnTypes", "true")
    .option("cloudFiles.schemaLocation", f"/Volumes/{catalog}/{schema}/checkpoints/events_schema")
    .load(landing_path)
    .withColumn("event_date", F.to_date("event_time"))
    .withColumn("source_file", F.col("_metadata.file_path"))
)

# COMMAND ----------

query = (
    events.writeStream.option("checkpointLocation", f"/Volumes/{catalog}/{schema}/checkpoints/events")
    .option("mergeSchema", "true")
    .trigger(availableNow=True)
    .toTable(f"{catalog}.{schema}.bronze_events")
)
query.awaitTermination()

# COMMAND ----------

rows = spark.table(f"{catalog}.{schema}.bronze_events").where("event_date >= current_date() - INTERVAL 1 DAY").count()
if rows == 0:
    raise ValueError("No events of the last day: the product team's export has not arrived.")
print(f"{rows} events of the last day")

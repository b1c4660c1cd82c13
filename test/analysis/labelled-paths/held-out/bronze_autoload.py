# Databricks notebook source
# label: writes /Volumes/ops/streams/checkpoints/…@12, /Volumes/ops/streams/checkpoints/…@17
dbutils.widgets.text("source", "crm")
source = dbutils.widgets.get("source")
landing = f"/Volumes/raw/{source}/landing"
checkpoints = f"/Volumes/ops/streams/checkpoints/{source}"

# COMMAND ----------

stream = (spark.readStream
          .format("cloudFiles")
          .options(**{"cloudFiles.format": "csv", "cloudFiles.schemaLocation": f"{checkpoints}/schema"})
          .load(landing))

(stream.writeStream
       .format("delta")
       .options(checkpointLocation=f"{checkpoints}/bronze", mergeSchema="true")
       .outputMode("append")
       .trigger(once=True)
       .toTable(f"bronze.{source}"))

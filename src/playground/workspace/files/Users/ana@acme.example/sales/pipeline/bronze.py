# Databricks notebook source
import dlt
from pyspark.sql import functions as F

# COMMAND ----------


@dlt.table(comment="Receipts of the tills as they arrive, a file each.")
def bronze_receipts():
    return (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "parquet")
        .load(spark.conf.get("landing"))
        .withColumn("arrived_at", F.current_timestamp())
    )

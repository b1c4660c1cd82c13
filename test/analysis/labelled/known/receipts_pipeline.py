# Databricks notebook source
# label: changes none; written by none; read by none
import dlt
from pyspark.sql import functions as F


@dlt.table(comment="as they come")
def bronze_receipts():
    return spark.readStream.format("cloudFiles").option("cloudFiles.format", "json").load(spark.conf.get("landing"))


@dlt.table(name="silver_receipts")
def silver():
    return dlt.read_stream("bronze_receipts").withColumn("day", F.to_date("at"))

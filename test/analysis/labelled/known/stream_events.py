# Databricks notebook source
# label: changes lake.web.events@10; written by none; read by none
raw = spark.readStream.table("lake.web.events_raw")
raw.createOrReplaceTempView("raw_events")
clean = spark.sql("SELECT * FROM raw_events WHERE id IS NOT NULL")
(
    clean.writeStream
    .option("checkpointLocation", "/Volumes/lake/web/checkpoints/events")
    .trigger(availableNow=True)
    .toTable("lake.web.events")
)

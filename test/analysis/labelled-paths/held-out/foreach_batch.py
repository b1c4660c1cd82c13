# Databricks notebook source
# label: writes /mnt/silver/devices@7, /Volumes/iot/default/checkpoints/devices/…@13
import uuid


def upsert(batch, batch_id):
    batch.write.format("delta").mode("append").save("/mnt/silver/devices")


query = (
    spark.readStream.table("bronze.devices")
    .writeStream.foreachBatch(upsert)
    .option("checkpointLocation", f"/Volumes/iot/default/checkpoints/devices/{uuid.uuid4()}")
    .start()
)
query.awaitTermination()

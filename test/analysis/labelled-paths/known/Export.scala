// Databricks notebook source
// label: writes /mnt/gold/prices@7, s3://acme-lake/_checkpoints/prices@12, s3://acme-lake/prices@13, /mnt/gold/prices_old@17
val prices = spark.read.parquet("/mnt/bronze/prices")
prices.write
  .mode("overwrite")
  .partitionBy("day")
  .parquet("/mnt/gold/prices")

// COMMAND ----------

prices.writeStream
  .option("checkpointLocation", "s3://acme-lake/_checkpoints/prices")
  .start("s3://acme-lake/prices")

// COMMAND ----------

dbutils.fs.rm("/mnt/gold/prices_old", true)
// prices.write.parquet("/mnt/gold/unused")
val root = dbutils.widgets.get("root")
prices.write.parquet(s"$root/prices")

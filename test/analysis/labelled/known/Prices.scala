// Databricks notebook source
// label: changes main.pricing.latest@5, main.pricing.history@9; written by none; read by none
val prices = spark.table("main.pricing.raw")
val latest = prices.dropDuplicates("sku")
latest.write.mode("overwrite").saveAsTable("main.pricing.latest")

// COMMAND ----------

spark.sql("INSERT INTO main.pricing.history SELECT *, current_date() FROM main.pricing.latest")

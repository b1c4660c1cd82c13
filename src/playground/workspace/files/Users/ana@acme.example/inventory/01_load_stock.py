# Databricks notebook source
# MAGIC %md
# MAGIC ## 1 · Load the stock
# MAGIC What the warehouses count every night.

# COMMAND ----------

dbutils.widgets.text("catalog", "main")
dbutils.widgets.text("day", "")
catalog = dbutils.widgets.get("catalog")

# COMMAND ----------

from units import to_pieces

stock = spark.read.option("header", True).csv("/Volumes/main/inventory/landing/stock")
stock.withColumn("pieces", to_pieces(stock.quantity, stock.unit)).write.mode("overwrite").saveAsTable(f"{catalog}.inventory.stock")

# Databricks notebook source
# label: writes /Volumes/main/sales/exports/orders/…@8, s3://acme-partner-drop/orders/latest@9
day = dbutils.widgets.get("day")
orders = spark.table("main.sales.orders").where(f"day = '{day}'")

# COMMAND ----------

orders.write.mode("overwrite").parquet(f"/Volumes/main/sales/exports/orders/{day}")
orders.coalesce(1).write.csv("s3://acme-partner-drop/orders/latest", header=True)
history = spark.read.parquet("/Volumes/main/sales/exports/history")
display(history)

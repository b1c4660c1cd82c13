# Databricks notebook source
# label: changes none; written by catalog, schema; read by catalog
dbutils.widgets.text("catalog", "main")
dbutils.widgets.text("schema", "silver")
catalog = dbutils.widgets.get("catalog")
schema = dbutils.widgets.get("schema")

# COMMAND ----------

orders = spark.table(f"{catalog}.bronze.orders").dropDuplicates(["id"])
countries = spark.read.table("main.reference.countries")
orders.join(countries, "country").write.mode("overwrite").saveAsTable(f"{catalog}.{schema}.orders")

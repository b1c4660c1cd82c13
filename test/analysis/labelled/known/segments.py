# Databricks notebook source
# label: changes none; written by schema; read by schema
dbutils.widgets.text("schema", "marketing")

# COMMAND ----------

# MAGIC %sql
# MAGIC INSERT OVERWRITE main.${schema}.segments
# MAGIC SELECT customer_id, ntile(5) OVER (ORDER BY spend) AS segment
# MAGIC FROM main.${schema}.spend

# Databricks notebook source
# label: writes dbfs:/mnt/tmp_exports/run@3, /dbfs/FileStore/public/report.zip@8, wasbs://tables@acmeold.blob.core.windows.net/legacy@18
# MAGIC %fs rm -r dbfs:/mnt/tmp_exports/run

# COMMAND ----------

# MAGIC %sh
# MAGIC cp /tmp/report.zip /dbfs/FileStore/public/report.zip
# MAGIC ls /dbfs/FileStore/public

# COMMAND ----------

# MAGIC %fs ls dbfs:/mnt/tmp_exports

# COMMAND ----------

# MAGIC %sql
# MAGIC CREATE OR REPLACE TABLE legacy USING parquet LOCATION 'wasbs://tables@acmeold.blob.core.windows.net/legacy' AS SELECT 1 AS a

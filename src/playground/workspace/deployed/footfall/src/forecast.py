# Databricks notebook source
# MAGIC %md
# MAGIC # Footfall forecast
# MAGIC The mean of the same weekday in the weeks before, for each store and day ahead.

# COMMAND ----------

WEEKS_BACK = 6
DAYS_AHEAD = 14

# COMMAND ----------

from pyspark.sql import functions as F

visits = spark.table("main.stores.visits").where(f"day >= current_date() - INTERVAL {7 * WEEKS_BACK} DAYS")
usual = visits.groupBy("store_id", F.dayofweek("day").alias("weekday")).agg(F.avg("visitors").alias("visitors"))
ahead = spark.range(1, DAYS_AHEAD + 1).select(F.expr("date_add(current_date(), cast(id as int))").alias("day"))
forecast = ahead.join(usual, F.dayofweek("day") == F.col("weekday")).select("store_id", "day", "visitors")
forecast.write.mode("overwrite").saveAsTable("main.stores.footfall_forecast")

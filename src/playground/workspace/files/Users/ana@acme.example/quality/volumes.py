# Databricks notebook source
# MAGIC %md
# MAGIC ## Volumes
# MAGIC Yesterday's row counts against the mean of the four same weekdays before.

# COMMAND ----------

dbutils.widgets.text("catalog", "main")
catalog = dbutils.widgets.get("catalog")

# COMMAND ----------

counts = spark.sql(f"""
    SELECT event_date AS day, count(*) AS events
    FROM {catalog}.churn.bronze_events
    WHERE event_date >= current_date() - INTERVAL 29 DAYS
    GROUP BY event_date
""")
counts.createOrReplaceTempView("counts")

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT y.events, round(avg(b.events)) AS usual, round(y.events / avg(b.events), 2) AS ratio
# MAGIC FROM counts y JOIN counts b ON dayofweek(b.day) = dayofweek(y.day) AND b.day < y.day
# MAGIC WHERE y.day = current_date() - INTERVAL 1 DAY
# MAGIC GROUP BY y.events

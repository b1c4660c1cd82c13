# Databricks notebook source
# MAGIC %md
# MAGIC ## 1 · Prepare the weeks
# MAGIC Which weeks are loaded again, and where their files are.

# COMMAND ----------

# MAGIC %run ./common/setup

# COMMAND ----------

dbutils.widgets.text("weeks", "8")
weeks = int(dbutils.widgets.get("weeks"))

# COMMAND ----------

from calendars.fiscal import fiscal_week, last_weeks

wanted = [(week, fiscal_week(week)) for week in last_weeks(weeks)]
spark.createDataFrame(wanted, "week_start date, fiscal_week string").write.mode("overwrite").saveAsTable(f"{catalog}.{schema}.weeks_to_load")
print(f"{len(wanted)} weeks, from {wanted[-1][1]} to {wanted[0][1]}")

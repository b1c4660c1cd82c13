# Databricks notebook source
# MAGIC %md
# MAGIC ## Freshness
# MAGIC Which tables of the catalog were not written for too long?

# COMMAND ----------

dbutils.widgets.text("catalog", "main")
dbutils.widgets.text("max_hours", "26")
catalog = dbutils.widgets.get("catalog")
max_hours = int(dbutils.widgets.get("max_hours"))

WATCHED = ["churn.bronze_events", "churn.gold_scores", "orders.order_lines", "finance.daily_revenue"]

# COMMAND ----------

from datetime import datetime, timedelta

from delta.tables import DeltaTable

limit = datetime.now() - timedelta(hours=max_hours)
late = []
for name in WATCHED:
    last = DeltaTable.forName(spark, f"{catalog}.{name}").history(1).select("timestamp").first()[0]
    if last < limit:
        late.append((name, last))

# COMMAND ----------

spark.createDataFrame(late, "table_name string, last_write timestamp").write.mode("overwrite").saveAsTable(f"{catalog}.quality.late_tables")
print(f"{len(late)} of {len(WATCHED)} tables are late")

# Databricks notebook source
# MAGIC %md
# MAGIC # Match returns
# MAGIC Parcels that came back, joined to the orders they belong to.

# COMMAND ----------

dbutils.widgets.text("catalog", "main")
dbutils.widgets.text("days", "30")
catalog = dbutils.widgets.get("catalog")
days = int(dbutils.widgets.get("days"))

# COMMAND ----------

returns = spark.table(f"{catalog}.logistics.returns").where(f"received_on >= current_date() - INTERVAL {days} DAYS")
orders = spark.table(f"{catalog}.orders.orders").select("order_id", "customer_id", "country", "total")
matched = returns.join(orders, "order_id", "left")
matched.write.mode("overwrite").saveAsTable(f"{catalog}.logistics.returns_matched")

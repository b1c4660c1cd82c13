# Databricks notebook source
# MAGIC %md
# MAGIC ## 3 · Order again

# COMMAND ----------

gaps = spark.table("main.inventory.gaps")
orders = gaps.selectExpr("article_id", "ceil(daily_use * 14 - pieces) AS pieces", "current_date() AS ordered_on")
orders.write.mode("append").saveAsTable("main.inventory.orders")
print(f"{orders.count()} articles ordered")

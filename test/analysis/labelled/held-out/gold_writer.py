# Databricks notebook source
# label: changes prod.gold.orders_by_day@5, prod.gold.visits_by_day@5; written by none; read by none
def publish(df, name):
    """Writes a table of the gold layer."""
    df.write.format("delta").mode("overwrite").option("overwriteSchema", "true").saveAsTable(f"prod.gold.{name}")


# COMMAND ----------

publish(spark.table("prod.silver.orders").groupBy("day").count(), "orders_by_day")
publish(spark.table("prod.silver.visits").groupBy("day").count(), "visits_by_day")

# Databricks notebook source
# label: changes main.logistics.returns_done@8; written by none; read by none
spark.sql("USE main.logistics")

# COMMAND ----------

done = spark.table("returns").where("status = 'done'")
done.write.mode("overwrite").saveAsTable("returns_done")

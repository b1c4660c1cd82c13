# Databricks notebook source
# label: changes prod.crm.customers@10; written by none; read by none
from delta.tables import DeltaTable

TARGET = "prod.crm.customers"
day = dbutils.widgets.get("day")
updates = spark.table(f"prod.landing.customers_{day}")

(
    DeltaTable.forName(spark, TARGET)
    .alias("t")
    .merge(updates.alias("u"), "t.id = u.id")
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute()
)

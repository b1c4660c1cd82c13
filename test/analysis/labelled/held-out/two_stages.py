# Databricks notebook source
# label: changes none; written by env; read by env
env = dbutils.widgets.get("env")
catalog = "prod" if env == "prod" else "dev"

features = spark.table(f"{catalog}.ml.customers")
features.write.mode("overwrite").saveAsTable(f"{catalog}.ml.features")

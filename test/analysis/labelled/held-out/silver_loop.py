# Databricks notebook source
# label: changes lakehouse.silver.{table}@6; written by none; read by none
run_date = dbutils.widgets.get("run_date")

for table in ["orders", "customers", "returns"]:
    spark.sql(f"INSERT INTO lakehouse.silver.{table} SELECT * FROM lakehouse.bronze.{table}_{run_date}")

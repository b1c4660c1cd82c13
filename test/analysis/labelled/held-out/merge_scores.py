# Databricks notebook source
# label: changes none; written by target_catalog, target_schema; read by source_catalog, source_schema
dbutils.widgets.text("source_catalog", "main")
dbutils.widgets.text("source_schema", "features")
dbutils.widgets.text("target_catalog", "main")
dbutils.widgets.text("target_schema", "scores")

source = f"{dbutils.widgets.get('source_catalog')}.{dbutils.widgets.get('source_schema')}"
target = ".".join([dbutils.widgets.get("target_catalog"), dbutils.widgets.get("target_schema")])

# COMMAND ----------

spark.sql(f"""
    MERGE INTO {target}.customer_scores AS t
    USING {source}.customer_features AS s
    ON t.customer_id = s.customer_id
    WHEN MATCHED THEN UPDATE SET *
    WHEN NOT MATCHED THEN INSERT *
""")

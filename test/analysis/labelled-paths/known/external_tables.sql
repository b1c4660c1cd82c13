-- Databricks notebook source
-- label: writes s3://acme-lake/tables/stock@5, /mnt/exports/stock@9, /mnt/silver/stock@13
CREATE TABLE IF NOT EXISTS stock (sku STRING, amount INT)
USING delta
LOCATION 's3://acme-lake/tables/stock'

-- COMMAND ----------

INSERT OVERWRITE DIRECTORY '/mnt/exports/stock' USING parquet SELECT * FROM stock

-- COMMAND ----------

MERGE INTO delta.`/mnt/silver/stock` AS t
USING stock AS s ON t.sku = s.sku
WHEN MATCHED THEN UPDATE SET *

-- COMMAND ----------

SELECT * FROM parquet.`/mnt/bronze/stock`

-- COMMAND ----------

CREATE TABLE copies LOCATION '${base_path}/copies' AS SELECT * FROM stock

-- Databricks notebook source
-- MAGIC %md
-- MAGIC ## Stores and regions

-- COMMAND ----------

CREATE OR REPLACE TABLE IDENTIFIER(:catalog || '.sales.stores') AS
SELECT store_id, store_name, region, opened_on
FROM IDENTIFIER(:catalog || '.erp.branches')
WHERE kind = 'STORE' AND closed_on IS NULL

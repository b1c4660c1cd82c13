-- Databricks notebook source
-- label: changes main.reports.weekly@6, main.reports.weekly@14; written by none; read by none
-- MAGIC %md Weekly numbers
-- COMMAND ----------

CREATE OR REPLACE TABLE main.reports.weekly AS
SELECT week, sum(amount) AS amount
FROM main.sales.orders
GROUP BY week;

-- COMMAND ----------

-- a new layout makes it small
OPTIMIZE main.reports.weekly ZORDER BY (week);

-- COMMAND ----------

ANALYZE TABLE main.reports.weekly COMPUTE STATISTICS

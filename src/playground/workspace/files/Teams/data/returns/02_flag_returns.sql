-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Flag returns
-- MAGIC Customers who send back more than they keep.

-- COMMAND ----------

CREATE OR REPLACE TABLE main.logistics.returns_flagged AS
SELECT customer_id, country, COUNT(*) AS returned, SUM(total) AS returned_total
FROM main.logistics.returns_matched
WHERE order_id IS NOT NULL
GROUP BY customer_id, country
HAVING COUNT(*) >= 5

-- Databricks notebook source
-- MAGIC %md
-- MAGIC ## 2 · Find the gaps
-- MAGIC Articles that run out before the next delivery.

-- COMMAND ----------

CREATE OR REPLACE TABLE main.inventory.gaps AS
SELECT article_id, pieces, daily_use, next_delivery
FROM main.inventory.stock
JOIN main.inventory.deliveries USING (article_id)
WHERE pieces < daily_use * datediff(next_delivery, current_date())

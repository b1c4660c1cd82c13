-- Databricks notebook source
-- MAGIC %md
-- MAGIC ## 5 · Publish segments
-- MAGIC What marketing reads: one row per customer with a segment and the reason.

-- COMMAND ----------

USE IDENTIFIER(:catalog || '.' || :schema)

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS churn_segments (
  customer_id STRING,
  segment STRING,
  risk DOUBLE,
  spend DOUBLE,
  valid_from DATE
)

-- COMMAND ----------

MERGE INTO churn_segments AS target
USING (
  SELECT
    customer_id,
    CASE
      WHEN risk >= 0.7 AND spend >= 500 THEN 'save now'
      WHEN risk >= 0.7 THEN 'at risk'
      WHEN risk >= 0.4 THEN 'watch'
      ELSE 'healthy'
    END AS segment,
    risk,
    spend,
    current_date() AS valid_from
  FROM gold_scores
) AS source
ON target.customer_id = source.customer_id
WHEN MATCHED AND target.segment <> source.segment THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *

-- COMMAND ----------

SELECT segment, COUNT(*) AS customers, ROUND(SUM(spend)) AS spend FROM churn_segments GROUP BY segment ORDER BY spend DESC

-- Databricks notebook source
-- MAGIC %md
-- MAGIC ## 2 · Customer features
-- MAGIC One row per customer: how often, how recently, how much, and whether support was needed.

-- COMMAND ----------

USE IDENTIFIER(:catalog || '.' || :schema)

-- COMMAND ----------

CREATE OR REPLACE TABLE silver_activity AS
SELECT
  customer_id,
  event_date,
  COUNT(*) AS events,
  COUNT(DISTINCT session_id) AS sessions,
  SUM(CASE WHEN event_type = 'support_ticket' THEN 1 ELSE 0 END) AS tickets,
  SUM(COALESCE(amount, 0)) AS spend
FROM bronze_events
WHERE event_date >= date_sub(current_date(), CAST(:lookback_days AS INT))
  AND customer_id IS NOT NULL
GROUP BY customer_id, event_date

-- COMMAND ----------

CREATE OR REPLACE TABLE gold_features AS
SELECT
  c.customer_id,
  c.plan,
  datediff(current_date(), c.signed_up_on) AS tenure_days,
  datediff(current_date(), MAX(a.event_date)) AS days_since_last_seen,
  SUM(a.sessions) AS sessions,
  SUM(a.tickets) AS tickets,
  SUM(a.spend) AS spend,
  SUM(CASE WHEN a.event_date >= date_sub(current_date(), 14) THEN a.sessions ELSE 0 END)
    / NULLIF(SUM(a.sessions), 0) AS recent_share,
  MAX(CASE WHEN c.cancelled_on IS NULL THEN 0 ELSE 1 END) AS churned
FROM customers c
JOIN silver_activity a USING (customer_id)
GROUP BY c.customer_id, c.plan, c.signed_up_on

-- COMMAND ----------

OPTIMIZE gold_features ZORDER BY (customer_id)

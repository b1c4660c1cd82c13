-- Databricks notebook source
-- label: changes none; written by catalog; read by catalog
USE CATALOG IDENTIFIER(:catalog);
USE SCHEMA gold;

-- COMMAND ----------

CREATE OR REPLACE TABLE revenue_by_month AS
SELECT date_trunc('month', day) AS month, sum(net) AS net FROM revenue GROUP BY 1;

-- Databricks notebook source
-- label: changes prod.staging.imports@4, prod.staging.imports@5, prod.staging.old_imports@6, prod.core.accounts@7, prod.staging.keys@8; written by none; read by none

DELETE FROM prod.staging.imports WHERE imported_at < current_date() - INTERVAL 30 DAYS;
VACUUM prod.staging.imports RETAIN 168 HOURS;
DROP TABLE IF EXISTS prod.staging.old_imports;
UPDATE prod.core.accounts SET active = false WHERE last_seen < '2020-01-01';
TRUNCATE TABLE prod.staging.keys;
SELECT count(*) FROM prod.core.accounts

# Databricks notebook source
# label: changes none; written by catalog, schema; read by catalog
catalog = dbutils.widgets.get("catalog")
schema = dbutils.widgets.get("schema")
out = "{}.{}.accounts_clean".format(catalog, schema)
accounts = spark.sql("SELECT * FROM %s.crm.accounts WHERE NOT deleted" % catalog)
accounts.write.mode("overwrite").saveAsTable(out)

# Databricks notebook source
# label: changes main.core.accounts@6, main.core.events@11; written by none; read by none
from delta.tables import DeltaTable

(
    DeltaTable.createIfNotExists(spark).tableName("main.core.accounts")
    .addColumn("id", "BIGINT")
    .addColumn("name", "STRING")
    .execute()
)
spark.range(0).writeTo("main.core.events").createOrReplace()

# Databricks notebook source
# label: changes main.planning.forecast@7; written by none; read by none
library(SparkR)

history <- tableToDF("main.sales.history")
forecast <- agg(groupBy(history, "region"), units = "avg")
saveAsTable(forecast, "main.planning.forecast", mode = "overwrite")

# Databricks notebook source
# label: changes main.stats.daily@7, main.stats.daily_log@8; written by none; read by none
import pyspark.pandas as ps

daily = ps.read_table("main.web.visits").groupby("day").size().to_frame("visits")
# one row a day
daily.to_table("main.stats.daily", mode="overwrite")
daily.to_spark().write.insertInto("main.stats.daily_log")

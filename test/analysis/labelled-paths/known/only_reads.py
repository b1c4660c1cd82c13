# Databricks notebook source
# label: writes none
import pandas as pd
import yaml

config = yaml.safe_load(open("/Workspace/Shared/config/etl.yml"))
codes = pd.read_excel("/Volumes/main/ref/files/codes.xlsx")
df = spark.read.option("path", "/mnt/raw/items").load()
raw = spark.read.format("json").load("gs://acme-raw/items/*.json")
spark.read.csv("dbfs:/databricks-datasets/airlines/part-00000").display()
print(open("/dbfs/mnt/raw/readme.txt", "r").read())
spark.sql("COPY INTO main.sales.items FROM '/Volumes/main/sales/landing' FILEFORMAT = JSON")
df.write.saveAsTable("main.sales.items_clean")
df.createOrReplaceTempView("items")

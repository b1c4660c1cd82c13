# label: changes none; written by schema; read by source_schema
import argparse

from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--schema", required=True)
parser.add_argument("--source_schema", default="main.erp")
args = parser.parse_args()

spark = SparkSession.builder.getOrCreate()
stock = spark.read.table(f"{args.source_schema}.stock")
stock.write.mode("append").saveAsTable(f"{args.schema}.stock")

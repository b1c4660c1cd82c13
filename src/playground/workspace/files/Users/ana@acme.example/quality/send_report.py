"""Prints the tables that are late, for the run's output page."""

import argparse

from pyspark.sql import SparkSession
from tabulate import tabulate

parser = argparse.ArgumentParser()
parser.add_argument("--catalog", default="main")
parser.add_argument("--channel", required=True)
arguments = parser.parse_args()

spark = SparkSession.builder.getOrCreate()
late = spark.table(f"{arguments.catalog}.quality.late_tables").orderBy("last_write").collect()
if late:
    rows = [(row.table_name, row.last_write.isoformat(sep=" ", timespec="minutes")) for row in late]
    print(f"For #{arguments.channel}:")
    print(tabulate(rows, headers=["table", "last written"]))
else:
    print("Every table is fresh.")

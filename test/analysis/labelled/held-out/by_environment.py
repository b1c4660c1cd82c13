# label: changes main.audit.runs@8; written by none; read by none
from pyspark.sql import SparkSession

NAMES = {"audit": "main.audit.runs"}

spark = SparkSession.builder.getOrCreate()
runs = spark.createDataFrame([(1, "ok")], "id int, state string")
runs.write.mode("append").saveAsTable(NAMES["audit"])

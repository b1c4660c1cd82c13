import dlt
from pyspark.sql import functions as F
from utilities.money import to_euro


@dlt.table(comment="Sales by fiscal week and region.")
def gold_weekly():
    receipts = spark.read.table("silver_receipts").withColumn("amount", to_euro(F.col("amount")))
    stores = spark.read.table("stores").select("store_id", "region")
    weeks = spark.read.table("weeks_to_load")
    return (
        receipts.join(stores, "store_id")
        .join(weeks, F.date_trunc("week", "sold_at") == F.col("week_start"))
        .groupBy("fiscal_week", "region")
        .agg(F.sum("amount").alias("amount"))
    )

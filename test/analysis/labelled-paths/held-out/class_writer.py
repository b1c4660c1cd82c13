# Databricks notebook source
# label: writes s3a://acme-gold/marts/…@10, /mnt/exports/revenue@18
class Gold:
    root = "s3a://acme-gold/marts"

    def __init__(self, spark):
        self.spark = spark

    def publish(self, name):
        self.spark.table(f"silver.{name}").write.mode("overwrite").parquet(f"{self.root}/{name}")


def save(frame, path="/mnt/exports/default"):
    frame.write.mode("append").json(path)


Gold(spark).publish("revenue")
save(spark.table("silver.revenue"), "/mnt/exports/revenue")

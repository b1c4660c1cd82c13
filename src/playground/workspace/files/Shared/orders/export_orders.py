"""Exports one day of orders as Parquet for the warehouse partner."""

import argparse
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

COLUMNS = ["order_id", "customer_id", "sku", "quantity", "price", "currency", "ordered_at", "ship_to_country"]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--schema", required=True)
    parser.add_argument("--day", type=date.fromisoformat, required=True)
    parser.add_argument("--target", required=True)
    return parser.parse_args()


def orders_of(spark: SparkSession, table: str, day: date) -> DataFrame:
    orders = spark.table(table).where(F.to_date("ordered_at") == F.lit(day)).where("status <> 'cancelled'")
    return orders.select(*COLUMNS).dropDuplicates(["order_id", "sku"])


def main() -> None:
    arguments = parse_arguments()
    spark = SparkSession.builder.getOrCreate()
    orders = orders_of(spark, f"{arguments.catalog}.{arguments.schema}.order_lines", arguments.day)
    count = orders.count()
    if count == 0:
        raise SystemExit(f"No orders on {arguments.day}: nothing was exported.")
    orders.coalesce(1).write.mode("overwrite").parquet(f"{arguments.target}/day={arguments.day:%Y-%m-%d}")
    print(f"{count} order lines of {arguments.day} exported to {arguments.target}")


if __name__ == "__main__":
    main()

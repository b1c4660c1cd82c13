# Databricks notebook source
# label: writes /tmp/orders_latest@13
user = dbutils.notebook.entry_point.getDbutils().notebook().getContext().userName().get()
home = f"/Workspace/Users/{user}/exports"
target = dbutils.widgets.get("target")

# COMMAND ----------

df = spark.read.table("main.sales.orders")
df.toPandas().to_csv(f"{home}/orders.csv")
df.write.parquet(f"/tmp/{user}/orders")
df.write.parquet(f"{target}/orders")
df.write.mode("overwrite").parquet("/tmp/orders_latest")
with open("/tmp/local.txt", "w") as file:
    file.write("done")
dbutils.fs.cp("file:/tmp/local.txt", f"dbfs:/FileStore/{user}/local.txt")

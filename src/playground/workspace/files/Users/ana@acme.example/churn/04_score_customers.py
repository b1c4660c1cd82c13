# Databricks notebook source
# MAGIC %md
# MAGIC ## 4 · Score customers
# MAGIC The champion model over all customers who are still with us.

# COMMAND ----------

import mlflow
from pyspark.sql import functions as F

dbutils.widgets.text("catalog", "main")
dbutils.widgets.text("schema", "churn")
catalog = dbutils.widgets.get("catalog")
schema = dbutils.widgets.get("schema")

mlflow.set_registry_uri("databricks-uc")
score = mlflow.pyfunc.spark_udf(spark, f"models:/{catalog}.{schema}.churn_model@champion", result_type="double")

# COMMAND ----------

features = spark.table(f"{catalog}.{schema}.gold_features").where("churned = 0")
inputs = [column for column in features.columns if column not in ("customer_id", "churned")]

scores = (
    features.withColumn("risk", score(F.struct(*inputs)))
    .select("customer_id", "plan", "spend", "risk")
    .withColumn("scored_at", F.current_timestamp())
)
scores.write.mode("overwrite").option("overwriteSchema", "true").saveAsTable(f"{catalog}.{schema}.gold_scores")

# COMMAND ----------

display(spark.sql(f"SELECT plan, count(*) AS customers, round(avg(risk), 3) AS mean_risk FROM {catalog}.{schema}.gold_scores GROUP BY plan"))

# Databricks notebook source
# label: writes dbfs:/models/churn/latest@9, /dbfs/models/churn/model.pkl@10, /Volumes/main/ml/plots/roc.png@11
import joblib
import matplotlib.pyplot as plt
from pyspark.ml.classification import LogisticRegression

training = spark.table("main.ml.training")
model = LogisticRegression().fit(training)
model.write().overwrite().save("dbfs:/models/churn/latest")
joblib.dump(model, "/dbfs/models/churn/model.pkl")
plt.savefig("/Volumes/main/ml/plots/roc.png")
plt.savefig("roc.png")

# Databricks notebook source
# label: writes /mnt/ml/scores_clean@5, /dbfs/FileStore/scores.csv@7, /dbfs/ml/scores.rds@8
library(SparkR)
scores <- read.df("/mnt/ml/scores", source = "parquet")
write.df(scores, "/mnt/ml/scores_clean", source = "delta", mode = "overwrite")
local <- collect(scores)
write.csv(local, "/dbfs/FileStore/scores.csv")
saveRDS(local, file = "/dbfs/ml/scores.rds")
plain <- read.csv("/dbfs/FileStore/codes.csv")

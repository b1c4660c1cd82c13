// Databricks notebook source
// label: writes abfss://lake@acme.dfs.core.windows.net/active_users@7, abfss://lake@acme.dfs.core.windows.net/users_copy@8, dbfs:/mnt/out/users.csv@9
import org.apache.spark.sql.SaveMode

val lake = "abfss://lake@acme.dfs.core.windows.net"
val users = spark.read.format("delta").load(s"$lake/users")
users.filter("active").write.format("delta").mode(SaveMode.Overwrite).save("abfss://lake@acme.dfs.core.windows.net/active_users")
users.write.format("delta").save(s"$lake/users_copy")
dbutils.fs.cp("dbfs:/mnt/in/users.csv", "dbfs:/mnt/out/users.csv")

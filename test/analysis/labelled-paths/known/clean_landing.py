# Databricks notebook source
# label: writes dbfs:/mnt/landing/archive/…@6, dbfs:/mnt/landing/invoices@7, /mnt/landing/_done@9
files = dbutils.fs.ls("dbfs:/mnt/landing/invoices")
dbutils.fs.mkdirs("dbfs:/mnt/landing/archive")
for file in files:
    dbutils.fs.cp(file.path, "dbfs:/mnt/landing/archive/" + file.name)
dbutils.fs.rm("dbfs:/mnt/landing/invoices", True)
dbutils.fs.put(
    "/mnt/landing/_done",
    "ok",
    True,
)
dbutils.fs.put("file:/tmp/note.txt", "seen")

# Databricks notebook source
# label: writes /dbfs/mnt/budget/processed/microdata/Colombia/…@16, /dbfs/mnt/budget/processed/microdata/Colombia/all.xlsx@17
from pathlib import Path

import pandas as pd

TOP_DIR = "/dbfs/mnt/budget/processed"
INPUT_DIR = f"{TOP_DIR}/input"
COUNTRY = "Colombia"
OUT_DIR = f"{TOP_DIR}/microdata/{COUNTRY}"

Path(OUT_DIR).mkdir(parents=True, exist_ok=True)
book = pd.ExcelFile(f"{INPUT_DIR}/{COUNTRY}.xlsx")
for sheet in book.sheet_names:
    frame = book.parse(sheet)
    frame.to_csv(f"{OUT_DIR}/{sheet}.csv", index=False)
with pd.ExcelWriter(f"{OUT_DIR}/all.xlsx") as writer:
    frame.to_excel(writer, sheet_name="all")

# label: writes /Volumes/finance/reports/weekly/sales.parquet@14, /dbfs/FileStore/reports/meta.json@15, /dbfs/FileStore/reports/sales.csv@19, /Volumes/finance/reports/weekly/README.txt@20
# Writes the weekly report to where finance picks it up.
import json
import os
import shutil
from pathlib import Path

import pandas as pd

TARGET = Path("/Volumes/finance/reports/weekly")

sales = pd.read_csv("/Volumes/finance/reports/input/sales.csv")
sales.to_csv("/tmp/sales.csv")
sales.to_parquet(TARGET / "sales.parquet")
with open("/dbfs/FileStore/reports/meta.json", "w") as file:
    json.dump({"rows": len(sales)}, file)
with open("/dbfs/FileStore/reports/template.json") as file:
    print(file.read())
shutil.copy("/tmp/sales.csv", "/dbfs/FileStore/reports/sales.csv")
(TARGET / "README.txt").write_text("made every Monday")
os.makedirs("/dbfs/FileStore/reports/old", exist_ok=True)

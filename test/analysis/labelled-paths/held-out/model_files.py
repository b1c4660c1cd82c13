# Databricks notebook source
# label: writes /dbfs/ml/forecast/weights.pt@13, /dbfs/ml/forecast/scores.npy@15, /dbfs/ml/forecast/meta.pkl@16, /dbfs/ml/forecast/old.pt@19
import os
import pickle
import shutil

import numpy as np
import torch

MODELS = os.path.join("/dbfs/ml", "forecast")
os.makedirs(MODELS, exist_ok=True)
weights = torch.load("/dbfs/ml/base.pt")
torch.save(weights, os.path.join(MODELS, "weights.pt"))
np.save("/tmp/scores.npy", np.zeros(3))
shutil.move("/tmp/scores.npy", f"{MODELS}/scores.npy")
with open(f"{MODELS}/meta.pkl", "wb") as file:
    pickle.dump({"a": 1}, file)
if os.path.exists("/dbfs/ml/forecast/old.pt"):
    os.remove("/dbfs/ml/forecast/old.pt")

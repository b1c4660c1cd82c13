# /Workspace/Users/ana@acme.example/etl/gpu/train.py

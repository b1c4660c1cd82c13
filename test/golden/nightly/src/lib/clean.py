# /Workspace/Users/ana@acme.example/etl/lib/clean.py

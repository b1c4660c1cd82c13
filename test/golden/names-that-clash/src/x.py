# /Workspace/Users/ana@acme.example/etl/x.py

# /Workspace/Users/ana@acme.example/etl/main.py

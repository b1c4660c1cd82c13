# /Workspace/Users/ana@acme.example/etl/jobs/helpers/tool.py

# /Workspace/Users/ana@acme.example/etl/b.sql

# /Workspace/Users/ana@acme.example/etl/sql/report.sql

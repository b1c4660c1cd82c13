# /Workspace/Users/ana@acme.example/etl/sql/country.sql

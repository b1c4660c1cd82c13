# /Workspace/Users/ana@acme.example/etl/gpu/run.sh
